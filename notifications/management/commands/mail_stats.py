"""How the outbox stands, for people and for monitors."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.outbox.figures import mail_figures


class Command(BaseCommand):
    """Prints the figures of the outbox and changes nothing."""

    help = "Say how many mails wait, were sent, failed and bounced, and how long the oldest has waited."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        figures = asdict(mail_figures(now=timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps(figures))
            return
        for name, value in figures.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {value}")
