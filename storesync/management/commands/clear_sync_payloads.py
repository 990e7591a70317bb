"""`manage.py clear_sync_payloads`: forget what old webhooks said."""

from core.clock.commands import ChoreCommand
from storesync.chores import clear_sync_payloads


class Command(ChoreCommand):
    help = "Removes the payloads of webhooks older than SYNC_PAYLOAD_DAYS. Run it daily."
    chore = clear_sync_payloads
