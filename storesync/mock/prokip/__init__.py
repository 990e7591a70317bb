"""Prokip, the ERP: its connector API as far as the hub uses it."""
