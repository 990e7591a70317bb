"""The payment endpoints: one's own payments, the sandbox's browser, the webhook, and the first clients' addresses."""
