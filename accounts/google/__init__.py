"""Signing in with Google: what Google says of a person, and which account that is."""
