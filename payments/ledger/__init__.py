"""The ledger: booking entries, checking them against payments and gateways, closing a day."""

from payments.ledger.booking import Unbalanced, balance, book, is_booked
from payments.models.ledger import Account

__all__ = ["Account", "Unbalanced", "balance", "book", "is_booked"]
