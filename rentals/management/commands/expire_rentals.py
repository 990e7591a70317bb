"""`manage.py expire_rentals`: cancel the rentals that nobody signed in time."""

from typing import Any

from django.core.management.base import BaseCommand

from rentals.lifecycle.services import expire_rentals


class Command(BaseCommand):
    """For the scheduler, every hour; safe to run twice and from two machines."""

    help = "Cancel unsigned rentals whose time (RENTAL_SIGN_HOURS) is over; what was paid goes back."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and say how many."""
        self.stdout.write(f"{expire_rentals()} rentals cancelled.")
