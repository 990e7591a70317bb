"""`manage.py clear_idempotency_keys`: forget answers that are not repeated any more."""

from core.chores import clear_idempotency_keys
from core.clock.commands import ChoreCommand


class Command(ChoreCommand):
    help = "Delete the answers to requests with an Idempotency-Key that are older than 24 hours."
    chore = clear_idempotency_keys
