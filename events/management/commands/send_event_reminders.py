"""`manage.py send_event_reminders`: announces the events that begin within a day, each once."""

from core.clock.commands import ChoreCommand
from events import chores


class Command(ChoreCommand):
    help = "Announces the events that begin within a day, each once."
    chore = chores.send_event_reminders
