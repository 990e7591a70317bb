"""What a demo starts with: people, products."""
