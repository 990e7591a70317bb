"""Paystack, for payments in naira."""
