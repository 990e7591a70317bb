"""What goes back for a ticket that its holder gives back. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.money import percent_of


@dataclass(frozen=True)
class RefundPolicy:
    """`percent` of the price until `until_hours` before the start."""

    until_hours: int
    percent: int

    def deadline(self, starts_at: datetime) -> datetime:
        """The last moment at which it refunds."""
        return starts_at - timedelta(hours=self.until_hours)

    def amount(self, price: Decimal) -> Decimal:
        """What goes back of a ticket's price, to the kobo."""
        return percent_of(price, Decimal(self.percent))
