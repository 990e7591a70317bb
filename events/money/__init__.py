"""What organizers earned, what they were paid, what is owed to them, and how many came."""
