"""Ordering tickets, paying for them, giving them back."""
