"""`manage.py settle_refunds`: send the refunds that found no gateway before."""

from core.clock.commands import ChoreCommand
from payments.chores import settle_refunds


class Command(ChoreCommand):
    help = "Sends pending refunds to the gateway. Run it every few minutes."
    chore = settle_refunds
