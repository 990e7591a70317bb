"""A second provider for the tests, unlike Stripe in everything that a gateway may differ in.

References are minted by us and unknown to it until somebody pays; amounts are in kobo; refunds are pending for a day;
webhooks are signed with HMAC-SHA512 over the raw body and name no refund of ours; there are no idempotency keys, and
nothing can be cancelled.
"""

import hashlib
import hmac
import itertools
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from core.money import from_minor, to_minor
from payments import gateways
from payments.gateways.base import Books, Event, Gateway, GatewayRefused, GatewayUnavailable, InvalidSignature
from payments.gateways.records import BalanceTransaction, DisputeRecord, Intent, Kind, RefundRecord
from payments.models import Payment, Refund

SECRET = b"sk_test_paylater"
FEE = 100_00
STATUSES = {"success": Payment.Status.SUCCEEDED, "failed": Payment.Status.FAILED}
REFUNDS = {"processed": Refund.Status.SUCCEEDED, "failed": Refund.Status.FAILED}


class Provider:
    """The other side of the wire. The next calls meet `faults`: "away", or "lost" once they had their effect."""

    def __init__(self):
        self.transactions, self.refunds, self.movements, self.faults = {}, [], [], []
        self.during_refund = lambda: None
        self.numbers = itertools.count(1)

    def fault(self):
        return self.faults.pop(0) if self.faults else None

    def pay(self, reference, kobo, status="success"):
        """The popup in the customer's browser; the transaction begins to exist here."""
        row = {"id": next(self.numbers), "reference": reference, "amount": kobo, "currency": "NGN", "status": status}
        self.transactions[reference] = row
        if status == "success":
            self.move("charge", kobo, FEE, row["id"], reference)
        return row

    def move(self, kind, amount, fee, source, reference):
        self.movements.append((f"mv_{next(self.numbers)}", kind, amount, fee, str(source), reference, timezone.now()))

    def verify(self, reference):
        if self.fault():
            raise GatewayUnavailable
        return self.transactions.get(reference)

    def refund(self, reference, kobo, note):
        """POST /refund: every call is another refund, as far as money is left."""
        fault = self.fault()
        if fault == "away":
            raise GatewayUnavailable
        self.during_refund()
        back = sum(one["amount"] for one in self.refunds if one["transaction"] == reference)
        if back + kobo > self.transactions[reference]["amount"]:
            raise GatewayRefused("The transaction has been fully reversed.")
        row = {
            "id": next(self.numbers), "transaction": reference, "amount": kobo, "status": "pending",
            "merchant_note": note, "at": timezone.now(),
        }  # fmt: skip
        self.refunds.append(row)
        if fault == "lost":
            raise GatewayUnavailable
        return row

    def conclude(self, refund, status="processed"):
        """A bank takes the refund, or does not, days later."""
        refund["status"] = status
        if status == "processed":
            self.move("refund", -refund["amount"], 0, refund["id"], refund["transaction"])


class PaylaterGateway(Gateway):
    """No idempotency keys, no cancelling, references of ours."""

    name = "paylater"
    signature_header = "X-Paylater-Signature"
    provider: Provider

    @property
    def is_configured(self):
        return True

    @property
    def publishable_key(self):
        return "pk_paylater"

    def takes(self, currency):
        return currency == "NGN"

    def minimum(self, currency):
        return Decimal("50.00")

    def create_intent(self, *, amount, currency, idempotency_key, reference, customer_id=""):
        return Intent(f"PNG-{idempotency_key[-32:]}", Payment.Status.CREATED, amount, currency)

    def retrieve_intent(self, intent_id):
        row = self.provider.verify(intent_id)
        return row and intent_from(row)

    def cancel_intent(self, intent_id):
        return self.retrieve_intent(intent_id)

    def refund(self, *, intent_id, amount, currency, idempotency_key):
        return refund_from(self.provider.refund(intent_id, to_minor(amount, currency), idempotency_key))

    def read_event(self, *, payload, signature):
        if not hmac.compare_digest(signature, signed(payload)):
            raise InvalidSignature
        body = json.loads(payload)
        kind, data = body["event"], body["data"]
        return Event(id=f"{kind}:{data.get('id') or hashlib.sha256(payload).hexdigest()}", kind=kind)


class PaylaterBooks(Books):
    """Its lists."""

    @property
    def provider(self):
        return PaylaterGateway.provider

    def intents_since(self, moment):
        return iter([intent_from(row) for row in self.provider.transactions.values()])

    def refunds_since(self, moment):
        return (refund_from(row) for row in self.provider.refunds if row["at"] >= moment)

    def refunds_of(self, intent_id):
        return (refund_from(row) for row in self.provider.refunds if row["transaction"] == intent_id)

    def balance_transactions_since(self, moment):
        for number, kind, amount, fee, source, reference, at in self.provider.movements:
            if at >= moment:
                yield BalanceTransaction(number, Kind(kind), amount, fee, "NGN", source, reference, at)

    def disputes_since(self, moment):
        return iter(())


def intent_from(row):
    return Intent(
        id=row["reference"],
        status=STATUSES.get(row["status"], Payment.Status.CREATED),
        amount=from_minor(row["amount"], row["currency"]),
        currency=row["currency"],
        charge_id=str(row["id"]),
        failure_code="" if row["status"] != "failed" else "declined",
    )


def refund_from(row):
    status = REFUNDS.get(row["status"], Refund.Status.PENDING)
    return RefundRecord(
        id=str(row["id"]),
        intent_id=row["transaction"],
        amount=from_minor(row["amount"], "NGN"),
        currency="NGN",
        status=status,
        key=row["merchant_note"],
        failure_message="" if row["status"] in ("pending", "processed") else f"The refund is {row['status']}.",
    )


def refund_in(event):
    """The event names the transaction alone: which refund it means, only the list says."""
    data = event["data"]
    amount = from_minor(int(data["amount"]), "NGN")
    return RefundRecord("", data["transaction_reference"], amount, "NGN", Refund.Status.PENDING)


def dispute_in(event):
    data = event["data"]
    return DisputeRecord(
        id=str(data["id"]),
        charge_id="",
        intent_id=data["transaction"]["reference"],
        amount=from_minor(data["refund_amount"], "NGN"),
        currency="NGN",
        reason=data["category"],
        status="needs_response",
        evidence_due_at=None,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


PaylaterGateway.event_readers = {
    "charge.success": lambda event: intent_from(event["data"]),
    "refund.processed": refund_in,
    "refund.failed": refund_in,
    "refund.needs-attention": refund_in,
    "charge.dispute.create": dispute_in,
}


def signed(payload):
    """The hex HMAC-SHA512 of the raw bytes."""
    return hmac.new(SECRET, payload, hashlib.sha512).hexdigest()


@pytest.fixture
def paylater(monkeypatch):
    """The shop takes naira through it, beside its other gateway."""
    parts = gateways.Parts(PaylaterGateway, books=PaylaterBooks)
    monkeypatch.setitem(gateways.GATEWAYS, PaylaterGateway.name, parts)
    monkeypatch.setattr(PaylaterGateway, "provider", Provider(), raising=False)
    return PaylaterGateway.provider
