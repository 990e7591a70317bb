"""What a rental costs by the rules of its place: pure functions over dates, amounts and packs."""
