"""A Shopify shop: OAuth, the Admin API in GraphQL (version 2026-10) as far as the hub uses it, and webhooks."""
