"""The endpoints of rentals."""
