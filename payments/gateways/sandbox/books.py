"""The sandbox's books: its own tables."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from core.money import from_minor
from payments.gateways.base import Books
from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, Kind, RefundRecord
from payments.gateways.sandbox.client import as_stripe_object
from payments.gateways.sandbox.disputes import as_stripe_dispute
from payments.gateways.stripe.objects import dispute_from, intent_from
from payments.models import Refund, SandboxDispute, SandboxIntent, SandboxMovement


class SandboxBooks(Books):
    """What the sandbox remembers, newest first."""

    def intents_since(self, moment: datetime) -> Iterator[Intent]:
        for intent in SandboxIntent.objects.filter(created_at__gte=moment).order_by("-pk"):
            yield intent_from(as_stripe_object(intent))

    def refunds_since(self, moment: datetime) -> Iterator[RefundRecord]:
        return refunds_in(SandboxMovement.objects.filter(created_at__gte=moment))

    def refunds_of(self, intent_id: str) -> Iterator[RefundRecord]:
        return refunds_in(SandboxMovement.objects.filter(intent__intent_id=intent_id))

    def balance_transactions_since(self, moment: datetime) -> Iterator[BalanceTransaction]:
        movements = SandboxMovement.objects.filter(created_at__gte=moment).select_related("intent")
        for movement in movements.order_by("-pk"):
            yield as_transaction(movement)

    def disputes_since(self, moment: datetime) -> Iterator[DisputeRecord]:
        for dispute in SandboxDispute.objects.filter(created_at__gte=moment).select_related("intent").order_by("-pk"):
            yield dispute_from(as_stripe_dispute(dispute))


def as_transaction(movement: SandboxMovement) -> BalanceTransaction:
    """The movement in our words."""
    return BalanceTransaction(
        id=movement.movement_id,
        kind=Kind(movement.kind),
        amount=movement.amount,
        fee=movement.fee,
        currency=movement.intent.currency,
        source_id=movement.source_id,
        intent_id=movement.intent.intent_id,
        created_at=movement.created_at,
    )


def refunds_in(movements: QuerySet[SandboxMovement]) -> Iterator[RefundRecord]:
    """The refunds among the movements."""
    for movement in movements.filter(kind=Kind.REFUND).select_related("intent").order_by("-pk"):
        yield RefundRecord(
            id=movement.source_id,
            intent_id=movement.intent.intent_id,
            amount=from_minor(-movement.amount, movement.intent.currency),
            currency=movement.intent.currency,
            status=Refund.Status.SUCCEEDED,
            key=movement.key,
        )
