"""`manage.py sync_stores [--connection ID] [--dry-run]`: a run over all shops, or one."""

from django.core.management.base import CommandParser

from core.clock.commands import ChoreCommand
from storesync.chores import sync_stores


class Command(ChoreCommand):
    help = "Syncs the shops. Run it every 5 minutes."
    chore = sync_stores
    apart = ("dry_run", "connection")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only print what would be written")
        parser.add_argument("--connection", type=int, metavar="ID", help="only this shop")
