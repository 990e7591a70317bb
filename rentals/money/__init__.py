"""The money of rentals: what is due, how it is paid, what it settles, and what lateness costs."""
