"""Paying with a saved card: the customer's consent, the due charges, and each attempt at one."""
