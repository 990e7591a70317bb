"""What surrounds every request: middleware, the client's address, health, the request's lines in the log."""
