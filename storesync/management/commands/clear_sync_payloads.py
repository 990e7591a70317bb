"""`manage.py clear_sync_payloads`: forget what old webhooks said, old runs and old stories."""

from core.clock.commands import ChoreCommand
from storesync.chores import clear_sync_payloads


class Command(ChoreCommand):
    help = "Removes old payloads of webhooks, old runs and what happened to SKUs long ago. Run it daily."
    chore = clear_sync_payloads
