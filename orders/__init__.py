"""Orders: placing, paying, shipping, cancelling."""
