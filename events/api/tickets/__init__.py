"""The calls about tickets: one's own, transfers, waiting lists, gates."""
