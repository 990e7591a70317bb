"""What a gateway's own books say: to find what a webhook missed, and to check our ledger by."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime

from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, RefundRecord


class Books(ABC):
    """The lists of one gateway, newest first, read page by page while they are walked through.

    Every call, and each page, raises GatewayUnavailable or GatewayRefused.
    """

    @abstractmethod
    def intents_since(self, moment: datetime) -> Iterator[Intent]:
        """Payment intents that were made at `moment` or later, as they stand now."""

    @abstractmethod
    def refunds_since(self, moment: datetime) -> Iterator[RefundRecord]:
        """Refunds that were made at `moment` or later, as they stand now."""

    @abstractmethod
    def refunds_of(self, intent_id: str) -> Iterator[RefundRecord]:
        """All refunds of one payment intent."""

    @abstractmethod
    def balance_transactions_since(self, moment: datetime) -> Iterator[BalanceTransaction]:
        """Movements of the balance that were made at `moment` or later."""

    @abstractmethod
    def disputes_since(self, moment: datetime) -> Iterator[DisputeRecord]:
        """Disputes that were opened at `moment` or later, as they stand now."""
