"""Values that several examples share."""

from datetime import UTC, date, datetime
from decimal import Decimal

from notifications.mails.formatting import money

ADDRESS = ["Ada Lovelace", "123 Main St", "San Francisco, CA 94107", "US"]
PRODUCT = "ThinkPad X1 Carbon Gen 9, 14 inch, 32 GB, 1 TB SSD, French keyboard"
SERIAL = "PF-2N7K-0042"
MAY_DAY = date(2027, 5, 1)
INVOICE = "2027-000411"


def usd(amount: str) -> str:
    """A sum of dollars."""
    return money(Decimal(amount), "USD")


def at(day: int, hour: int = 14, minute: int = 5) -> datetime:
    """A moment in May 2027."""
    return datetime(2027, 5, day, hour, minute, tzinfo=UTC)
