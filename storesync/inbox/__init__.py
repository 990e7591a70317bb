"""What shops tell us by webhooks: verified, stored sealed, answered, then handled by the worker."""
