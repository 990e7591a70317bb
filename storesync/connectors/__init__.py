"""The stores, each behind a connector."""
