"""Stand-ins for Prokip, a Shopify shop and a WooCommerce shop, as HTTP servers with good days and bad ones."""
