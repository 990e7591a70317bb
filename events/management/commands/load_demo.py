"""`manage.py load_demo`: the people, products and events of a demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import demo
from catalog.demo.loader import load_people, load_products
from events.demo.loader import load_events


class Command(BaseCommand):
    """Makes what is missing and changes nothing that is there. Refused where real secrets are in use."""

    help = "Load the demo's users, products and events; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEFAULT_SECRETS_ALLOWED:
            raise CommandError("The demo's passwords are public: load_demo runs only with DEMO=true or DEBUG=true.")
        with transaction.atomic():
            people, products, events = load_people(), load_products(), load_events()
        if not people and not products and not events:
            self.stdout.write("The demo is loaded already; nothing changed.")
            return
        self.stdout.write(f"Made {people} users, {products} products and {events} events.")
        if people:
            emails = ", ".join(sorted(demo.EMAILS))
            self.stdout.write(f"Sign in as {emails}; the password is {demo.PASSWORD}")
