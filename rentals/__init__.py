"""Rent to own: terms, contracts, installments, autopay, buyout, return."""
