"""Days of a shop in the past, for the tests of closings."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from orders.fulfilment import payment_intent_for
from orders.tests.shop import make_order, paid_order
from payments import services
from payments.gateways import preferred
from payments.gateways.records import Intent
from payments.gateways.sandbox import client as sandbox
from payments.ledger.closing import close_day
from payments.models import Payment, SandboxMovement

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    """The clock stands at noon, whenever the tests run."""
    with time_machine.travel(NOW, tick=False):
        yield NOW


def day_of(days):
    """The UTC day so many days ago."""
    return NOW.date() - timedelta(days=days)


def moment(days, *, hour=12, minute=0):
    """A moment of that day."""
    return datetime.combine(day_of(days), time(hour, minute), UTC)


def on(days, **clock):
    """A clock that stands there."""
    return time_machine.travel(moment(days, **clock), tick=False)


def paid(days, **clock):
    """The payment of an order that was paid then: 599.99 USD, fee 17.70."""
    with on(days, **clock):
        return paid_order().payments().get()


def unheard(days, **clock):
    """The payment of an order that was paid at the gateway then, of which no event came."""
    with on(days, **clock):
        payment = payment_intent_for(order=make_order())
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
    return payment


def closed(days):
    """That day's closing, written now."""
    return close_day(day=day_of(days), now=timezone.now())


def closed_in_time(days):
    """That day's closing, written when a scheduler writes it: in the night after."""
    with on(days - 1, hour=1):
        return close_day(day=day_of(days), now=timezone.now())


def account(closing, name, currency="USD"):
    """(opening, debit, credit, closing) of an account."""
    return tuple(closing.figures[currency]["accounts"][name].values())


def told(closing):
    """(what, explained, why) of each difference."""
    return [(one["what"], one["explained"], one["why"]) for one in closing.differences]


def late_movement(payment, days, *, movement_id="txn_late", fee=50):
    """The gateway lists a fee of that day only now."""
    charge = SandboxMovement.objects.get(intent__intent_id=payment.intent_id, kind="charge")
    late = SandboxMovement.objects.create(
        movement_id=movement_id, intent=charge.intent, kind="other", source_id=movement_id, amount=0, fee=fee
    )
    SandboxMovement.objects.filter(pk=late.pk).update(created_at=moment(days))
    return late


def settled_at_stripe(user, *, intent_id="pi_1", amount="49.99"):
    """A payment of somebody that Stripe took and told us of."""
    gateway = preferred(currency="USD")
    payment = services.open_payment(user=user, amount=Decimal(amount), currency="USD", gateway=gateway)
    Payment.objects.filter(pk=payment.pk).update(intent_id=intent_id, gateway="stripe")
    payment.refresh_from_db()
    intent = Intent(
        id=intent_id, status="succeeded", amount=payment.amount, currency="USD", client_secret="", charge_id="ch_1"
    )
    return services.apply_intent(payment_id=payment.pk, intent=intent)


def stripe_row(movement_id, kind, amount, *, at, fee=0, source=None):
    """A balance transaction as Stripe lists it."""
    row = {"object": "balance_transaction", "currency": "usd", "created": int(at.timestamp())}
    return {"id": movement_id, "type": kind, "amount": amount, "fee": fee, "source": source, **row}
