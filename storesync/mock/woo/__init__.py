"""A WooCommerce shop: its REST API (v3) as far as the hub uses it, and webhooks."""
