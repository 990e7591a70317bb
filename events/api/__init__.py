"""The API of the box office."""
