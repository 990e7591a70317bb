"""`manage.py offer_waiting_places`: offer free places to those who wait for them."""

from core.clock.commands import ChoreCommand
from events.chores import offer_waiting_places


class Command(ChoreCommand):
    help = "Offers free places to those who wait for them, in order, and ends the offers that ran out."
    chore = offer_waiting_places
