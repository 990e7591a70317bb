"""Stripe's lists, through the SDK's own paging."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from payments.gateways.base import Books
from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, RefundRecord
from payments.gateways.stripe.client import StripeGateway, typed_errors
from payments.gateways.stripe.objects import dispute_from, intent_from, movement_from, refund_from

Row = TypeVar("Row")

PAGE = 100  # the most that Stripe gives at once


class StripeBooks(Books):
    """Everything that the account's key may list."""

    def __init__(self) -> None:
        self.api = StripeGateway().client.v1

    def intents_since(self, moment: datetime) -> Iterator[Intent]:
        return walk(self.api.payment_intents.list, since(moment), intent_from)

    def refunds_since(self, moment: datetime) -> Iterator[RefundRecord]:
        return walk(self.api.refunds.list, since(moment), refund_from)

    def refunds_of(self, intent_id: str) -> Iterator[RefundRecord]:
        return walk(self.api.refunds.list, {"payment_intent": intent_id}, refund_from)

    def balance_transactions_since(self, moment: datetime) -> Iterator[BalanceTransaction]:
        return walk(self.api.balance_transactions.list, {**since(moment), "expand": ["data.source"]}, movement_from)

    def disputes_since(self, moment: datetime) -> Iterator[DisputeRecord]:
        return walk(self.api.disputes.list, since(moment), dispute_from)


def since(moment: datetime) -> dict[str, Any]:
    """Stripe's filter, in whole seconds."""
    return {"created": {"gte": int(moment.timestamp())}}


def walk(listing: Callable[..., Any], params: dict[str, Any], read: Callable[[Any], Row]) -> Iterator[Row]:
    """Every row of the list, page after page."""
    with typed_errors():
        for row in listing({"limit": PAGE, **params}).auto_paging_iter():
            yield read(row.to_dict())
