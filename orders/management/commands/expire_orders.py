"""`manage.py expire_orders`: cancel unpaid orders whose hold on the stock is over."""

from typing import Any

from django.core.management.base import BaseCommand

from orders.fulfilment import expire_orders


class Command(BaseCommand):
    """Safe to run twice and from two machines: an order is cancelled once."""

    help = "Cancels unpaid orders older than ORDER_HOLD_MINUTES and gives their stock back."

    def handle(self, *args: Any, **options: Any) -> None:
        """Cancel them and say how many."""
        self.stdout.write(f"orders expired: {expire_orders()}")
