"""`manage.py expire_rentals`: cancel the rentals that were not signed in time."""

from core.clock.commands import ChoreCommand
from rentals.chores import expire_rentals


class Command(ChoreCommand):
    help = "Cancel unsigned rentals whose time (RENTAL_SIGN_HOURS) is over; what was paid goes back."
    chore = expire_rentals
