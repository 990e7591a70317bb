"""`manage.py check_stores`: what the shops have beside what they should have."""

from core.clock.commands import ChoreCommand
from storesync.chores import check_stores


class Command(ChoreCommand):
    help = "Compares ERP, hub and shops, and prices each difference; leaves with 1 where there is any."
    chore = check_stores
