"""Money: gateways, payments, refunds and the webhook inbox. It does not know what is paid for."""
