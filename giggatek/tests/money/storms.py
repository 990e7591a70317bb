"""What customers and gateways do to orders and rentals, step by step, each step with the events that tell of it."""

from contextlib import contextmanager
from decimal import Decimal
from unittest import mock
from weakref import ReferenceType

from django.dispatch import Signal

import catalog.signals
import core.signals
import payments.signals
import rentals.signals
from orders.fulfilment import cancel_order
from orders.fulfilment import payment_intent_for as intent_of_order
from orders.tests.shop import NUMBERS, event, make_order
from payments.gateways import gateway_named
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox.client import SandboxGateway
from payments.models import Payment, SandboxMovement
from rentals.lifecycle.services import return_rental
from rentals.models import Rental
from rentals.money.paying import payment_intent_for as intent_of_rental
from rentals.tests.factories import make_rental


@contextmanager
def without_mails():
    """Nobody is written to while the block runs: letters take half of the time that a payment takes."""
    rooms = (core.signals, catalog.signals, payments.signals, rentals.signals)
    signals = [signal for room in rooms for signal in vars(room).values() if isinstance(signal, Signal)]
    kept = {signal: signal.receivers for signal in signals}
    for signal in signals:
        signal.receivers = [entry for entry in signal.receivers if not writes(entry[1])]
    yield
    for signal, receivers in kept.items():
        signal.receivers = receivers


def writes(listener):
    """Whether a signal's listener is the outbox."""
    heard_by = listener() if isinstance(listener, ReferenceType) else listener
    return heard_by is not None and heard_by.__module__.startswith("notifications.")


def order():
    """An order with its intent."""
    made = make_order()
    return made, intent_of_order(order=made).intent_id


def rental():
    """A rental with the intent of its first installment."""
    made = make_rental(signed=True)
    return made, intent_of_rental(rental=made, purpose="installment").intent_id


def tried(card, kind, **how):
    """The customer tries a card."""

    def step(subject, intent):
        sandbox.pay(intent_id=intent, card=card, **how)
        return [event(intent, f"payment_intent.{kind}")]

    return step


def cancelled(subject, intent):
    """The gateway gives the intent up."""
    gateway_named("sandbox").cancel_intent(intent)
    return [event(intent, "payment_intent.canceled")]


def given_back(amount):
    """Staff give a part back in the gateway's dashboard."""

    def step(subject, intent):
        gateway_named("sandbox").refund(
            intent_id=intent, amount=Decimal(amount), currency="USD", idempotency_key=f"there-{next(NUMBERS)}"
        )
        made = SandboxMovement.objects.filter(intent__intent_id=intent, kind="refund").latest("pk")
        return [refund_event(made, "refund.created"), refund_event(made, "refund.updated")]

    return step


def refund_event(made, kind):
    """The event that tells of a refund."""
    data = {
        "id": made.source_id, "object": "refund", "payment_intent": made.intent.intent_id, "amount": -made.amount,
        "currency": "usd", "status": "succeeded", "metadata": {"giggatek_refund": made.key},
    }  # fmt: skip
    return {"id": f"evt_{next(NUMBERS)}", "type": kind, "data": {"object": data}}


def over(subject, intent):
    """The shop ends it, and cannot reach the gateway to close the intent."""
    with mock.patch.object(SandboxGateway, "cancel_intent", side_effect=GatewayUnavailable):
        if isinstance(subject, Rental):
            return_rental(rental=subject)
        else:
            cancel_order(order=subject)
    return []


PAID = tried(sandbox.SUCCESS, "succeeded")
DECLINED = tried(sandbox.DECLINED, "payment_failed")
ASKED = tried(sandbox.AUTHENTICATE, "requires_action")
ANSWERED = tried(sandbox.AUTHENTICATE, "succeeded", authenticate=True)

STORIES = {
    "paid": [PAID],
    "declined": [DECLINED],
    "declined, then paid": [DECLINED, PAID],
    "declined twice, then paid": [DECLINED, DECLINED, PAID],
    "asked": [ASKED],
    "asked, then paid": [ASKED, ANSWERED],
    "asked, then declined": [ASKED, DECLINED],
    "cancelled": [cancelled],
    "declined, then cancelled": [DECLINED, cancelled],
    "half of it given back": [PAID, given_back("20.00")],
    "given back in two parts": [PAID, given_back("10.00"), given_back("5.50")],
    "paid when it was over": [over, PAID],
}


def picture(subject):
    """Everything that must not depend on how the news came."""
    subject.refresh_from_db()
    link = {"rental_payment__rental" if isinstance(subject, Rental) else "order_payment__order": subject}
    return {
        "status": subject.status,
        "payment_status": getattr(subject, "payment_status", None),
        "history": list(subject.status_history.values_list("status", flat=True)),
        "payments": [
            (payment.status, payment.failure_code, payment.amount, payment.refunded_amount)
            for payment in Payment.objects.filter(**link)
        ],
        "refunds": sorted(Payment.objects.filter(**link).values_list("refunds__amount", "refunds__status")),
        "installments": subject.installments.filter(state="paid").count() if isinstance(subject, Rental) else None,
    }
