"""`manage.py clear_task_results`: forget background tasks that finished long ago."""

from core.chores import clear_task_results
from core.clock.commands import ChoreCommand


class Command(ChoreCommand):
    help = "Delete the records of background tasks that finished more than 14 days ago."
    chore = clear_task_results
