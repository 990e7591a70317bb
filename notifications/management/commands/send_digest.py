"""`manage.py send_digest`: mail staff the orders of yesterday."""

from core.clock.commands import ChoreCommand
from notifications.chores import send_digest


class Command(ChoreCommand):
    help = "Sends all staff the list of yesterday's orders (UTC), once."
    chore = send_digest
