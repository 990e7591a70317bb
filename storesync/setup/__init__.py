"""What a user does before the first sync: which items are the same, what is missing where."""
