"""Selling tickets: places, orders, what they are paid with, and what goes back."""
