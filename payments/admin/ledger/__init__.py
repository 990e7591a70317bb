"""The books in the back office."""
