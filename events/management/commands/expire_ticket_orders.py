"""`manage.py expire_ticket_orders`: let unpaid ticket orders go."""

from typing import Any

from core.clock.commands import ChoreCommand
from events.chores import expire_ticket_orders


class Command(ChoreCommand):
    help = "Lets unpaid ticket orders go whose hold is over, or the one that --order names, whose hold is not."
    chore = expire_ticket_orders
    apart = ("order",)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--order", type=int, help="Let the unpaid hold of this order go now.")
