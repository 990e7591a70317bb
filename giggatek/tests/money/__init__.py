"""Money from end to end: orders and rentals paid, refunded, disputed, billed and booked."""
