"""What organizers earned, what they were paid, and what is owed to them."""
