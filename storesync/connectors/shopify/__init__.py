"""Shopify, by its Admin API in GraphQL."""
