"""Letters: the outbox. It listens to everybody, nobody calls it."""
