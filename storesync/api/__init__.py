"""The API of the hub."""
