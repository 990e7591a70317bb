"""`manage.py run_mock_paystack [--port 4003] [--file var/paystack.json]`: a stand-in for Paystack, until Ctrl-C."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.gateways.paystack.mock.server import MockPaystack

PORT = 4003


class Command(BaseCommand):
    """Signs and checks with PAYSTACK_SECRET_KEY, and sends its events to PAYSTACK_WEBHOOK_URL (docs/payments.md)."""

    help = "Stands in for Paystack: POST /popup/<reference> plays the popup, /control its bad days."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=PORT)
        parser.add_argument("--file", type=Path, help="where it remembers across restarts; else in memory alone")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PAYSTACK_SECRET_KEY.startswith("sk_test_"):
            raise CommandError("Set PAYSTACK_SECRET_KEY to a key for tests, for instance sk_test_mine.")
        try:
            server = MockPaystack((options["host"], options["port"]), file=options["file"])
        except OSError as error:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {error.strerror}") from error
        self.stdout.write(f"Paystack's stand-in answers on {server.base}")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()
