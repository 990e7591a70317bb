"""A stand-in for Paystack: its API as far as we use it, its popup, and its bad days."""
