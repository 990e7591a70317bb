"""Documents of the box office."""
