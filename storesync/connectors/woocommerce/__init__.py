"""WooCommerce, by its REST API v3."""
