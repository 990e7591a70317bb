"""`manage.py settle_refunds`: send the refunds that found no gateway before."""

from typing import Any

from django.core.management.base import BaseCommand

from payments.refunds.services import send_pending


class Command(BaseCommand):
    """Safe to run twice and from two machines: a refund has one idempotency key."""

    help = "Sends pending refunds to the gateway. Run it every few minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Try every pending refund once and say what became of them."""
        settled, waiting = send_pending()
        self.stdout.write(f"refunds settled: {settled}, still waiting: {waiting}")
