"""Money that goes back: requested here, or made at the gateway."""
