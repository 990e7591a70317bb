"""The demo's organizer with its events, made once."""
