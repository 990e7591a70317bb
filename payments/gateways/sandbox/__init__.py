"""The built-in sandbox: Stripe's life cycle without Stripe."""
