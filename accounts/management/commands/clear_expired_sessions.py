"""`manage.py clear_expired_sessions`: forget what ended long ago."""

from accounts.chores import clear_expired_sessions
from core.clock.commands import ChoreCommand


class Command(ChoreCommand):
    help = "Delete sessions and one-time tokens that ended more than 30 days ago."
    chore = clear_expired_sessions
