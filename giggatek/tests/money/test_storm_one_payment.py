"""The browser, the webhook, make-payment and the reconciliation all bring the same payment, again and again.

Two hundred times; STORM_ROUNDS=1000 in the environment makes it a thousand, which takes minutes.
"""

import os
from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection

from core.testing.races import race
from giggatek.tests.money.storms import without_mails
from notifications.models import Email
from orders.fulfilment import payment_intent_for as intent_of_order
from orders.models import ShippingMethod
from orders.tests.shop import make_order
from payments import inbox, services
from payments.gateways.sandbox import client as sandbox
from payments.models import Payment, Refund, SandboxIntent, SandboxMovement
from payments.reconciling import reconcile
from payments.signals import payment_settled
from rentals.models import Installment, Rental, RentalPayment
from rentals.money import claims
from rentals.money.paying import payment_intent_for
from rentals.signals import rental_paid
from rentals.tests.factories import make_rental

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ROUNDS, MONTHS = int(os.environ.get("STORM_ROUNDS", "200")), 36


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


@pytest.fixture
def received():
    """How often each payment was told to be settled, and to be counted for a rental."""
    counts = {"settled": Counter(), "counted": Counter()}

    def settled(payment, **_):
        counts["settled"][payment.pk] += 1

    def counted(link, **_):
        counts["counted"][link.payment_id] += 1

    payment_settled.connect(settled)
    rental_paid.connect(counted)
    yield counts
    payment_settled.disconnect(settled)
    rental_paid.disconnect(counted)


class Round:
    """One payment whose money is at the gateway, and what each side does with it."""

    def __init__(self, rental):
        self.rental = rental
        self.payment = payment_intent_for(rental=rental, purpose="installment")
        paid = sandbox.pay(intent_id=self.payment.intent_id, card=sandbox.SUCCESS)
        self.payload, self.signature = sandbox.signed_event(paid)

    def confirm(self):
        return services.confirm(payment=Payment.objects.get(pk=self.payment.pk)).status

    def webhook(self):
        return inbox.handle(inbox.receive(gateway="sandbox", payload=self.payload, signature=self.signature)).status

    def make_payment(self):
        rental = Rental.objects.get(pk=self.rental.pk)
        return claims.make_payment(rental=rental, transaction_id=self.payment.intent_id).payment_id

    def reconcile(self):
        return [str(finding) for finding in reconcile(since=self.payment.created_at) if not finding.repaired]


SIDES = ("confirm", "webhook", "make_payment", "reconcile")


def rounds_of(number):
    """So many payments, each made when the one before is over."""
    while number:
        rental = make_rental(signed=True, months=MONTHS)
        for _ in range(min(number, MONTHS)):
            yield Round(rental)
            number -= 1


def run(rounds):
    """Everybody at each round at once, with threads that live as long as all of them; what each side was told."""
    start, end, results, at_hand = Barrier(len(SIDES) + 1), Barrier(len(SIDES) + 1), [], {}

    def side(name):
        while start.wait() >= 0 and at_hand["round"]:
            try:
                at_hand[name] = getattr(at_hand["round"], name)()
            except BaseException as error:  # an edge: the test looks at what was raised
                at_hand[name] = error
            end.wait()
        connection.close()

    threads = [Thread(target=side, args=[name]) for name in SIDES]
    for thread in threads:
        thread.start()
    for current in rounds:
        at_hand["round"] = current
        start.wait()
        end.wait()
        results.append(tuple(at_hand[name] for name in SIDES))
    at_hand["round"] = None
    start.wait()
    for thread in threads:
        thread.join()
    return results


def test_payments_that_everybody_brings_are_each_settled_once(received):
    with without_mails():
        results = run(rounds_of(ROUNDS))
    assert not Email.objects.exists()
    links = RentalPayment.objects.exclude(counted_at=None).exclude(reported_at=None)
    assert not wrong(results)
    assert [told[2] for told in results] == list(links.order_by("pk").values_list("payment_id", flat=True))
    payments = set(Payment.objects.filter(status="succeeded").values_list("pk", flat=True))
    assert len(payments) == links.count() == Payment.objects.count() == ROUNDS
    assert received == {"settled": Counter(payments), "counted": Counter(payments)}
    assert Installment.objects.filter(state="paid", paid_with__in=links).count() == ROUNDS
    assert SandboxIntent.objects.count() == SandboxMovement.objects.filter(kind="charge").count() == ROUNDS
    assert not Refund.objects.exists()
    for rental in Rental.objects.filter(status="completed"):
        assert list(rental.status_history.values_list("status", flat=True)) == ["completed", "active", "pending"]
    assert Rental.objects.filter(status="completed").count() == ROUNDS // MONTHS


def wrong(results):
    """What a side was told that is not the one outcome."""
    return [told for told in results if (told[0], told[1], told[3]) != ("succeeded", "handled", [])]


def test_an_order_that_three_bring_is_paid_once(received):
    orders = []
    for _ in range(40):
        order = make_order()
        payment = intent_of_order(order=order)
        payload, signature = sandbox.signed_event(sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS))
        results = race(
            [
                lambda pk=payment.pk: services.confirm(payment=Payment.objects.get(pk=pk)).status,
                lambda p=payload, s=signature: (
                    inbox.handle(inbox.receive(gateway="sandbox", payload=p, signature=s)).status
                ),
                lambda at=payment.created_at: list(map(str, reconcile(since=at)))[1:],
                lambda at=payment.created_at: list(map(str, reconcile(since=at)))[1:],
            ]
        )
        assert results == ["succeeded", "handled", [], []]
        orders.append(order)
    for order in orders:
        order.refresh_from_db()
        assert (order.status, order.payment_status) == ("processing", "paid")
        assert list(order.status_history.values_list("status", flat=True)) == ["processing", "pending"]
    assert set(received["settled"].values()) == {1}


def test_two_machines_find_each_difference_once():
    for _ in range(10):
        payments = [intent_of_order(order=make_order()) for _ in range(5)]
        for payment in payments:
            sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
        found = race([lambda at=payments[0].created_at: list(map(str, reconcile(since=at)))] * 3)
        lines = [f"payment {payment.pk} ({payment.intent_id}): created -> succeeded" for payment in payments]
        assert sorted(line for lines in found for line in lines) == sorted(lines), found
