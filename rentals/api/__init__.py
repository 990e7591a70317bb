"""The API of rentals."""
