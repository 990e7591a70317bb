"""`manage.py complete_events`: completes events that are over, and lets tickets expire that were not used."""

from core.clock.commands import ChoreCommand
from events import chores


class Command(ChoreCommand):
    help = "Completes events that are over, and lets tickets expire that were not used."
    chore = chores.complete_events
