"""Staff give back what was paid for a rental: goodwill, that changes nothing of what was agreed."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.tests.factories import ManagerFactory
from core.errors import InvalidInput
from orders.tests.test_refunds import raising
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox.client import SandboxGateway
from payments.ledger import Account, balance
from payments.ledger.checking import differences
from payments.ledger.clearing import BEGINNING
from payments.ledger.movements import book_movements
from payments.models import Invoice, Refund
from payments.refunds.services import RefundRepeated, RefundTooLarge, request_refund, send_pending
from rentals.errors import NothingToRefund
from rentals.lifecycle.services import cancel_rental, return_rental
from rentals.models import LateFee
from rentals.money.dunning import remind, waive_fee
from rentals.refunding import give_back, parts_left
from rentals.tests.factories import make_rental
from rentals.tests.shop import books_agree, by_hand, client_of, fresh, intent_of, pay, try_card

pytestmark = pytest.mark.django_db


def refund(rental, what="", **more):
    """Staff give a part back, by default the first that there is."""
    what = what or next(parts_left(fresh(rental))).name
    return give_back(rental=rental, what=what, **{"reason": "A broken key", "by": ManagerFactory(), **more})


def left(rental):
    """What can still be given back, by name."""
    return {part.name: part.left for part in parts_left(fresh(rental))}


def agreed(rental):
    """All that a refund must leave as it is."""
    rental = fresh(rental)
    detail = client_of(rental.user).get(f"rentals/{rental.pk}").json()["rental"]
    same = ("status", "payments_made", "remaining_payments", "remaining_amount", "next_payment_date")
    return {name: detail[name] for name in same}, [
        (one["status"], one["paid_at"]) for one in detail["payment_schedule"]
    ]


def ledger_holds():
    """Nothing that `check_ledger` finds, once the gateway's fees are booked as each night does."""
    book_movements(gateway="sandbox", since=BEGINNING, until=timezone.now() + timedelta(days=1))
    assert list(differences()) == []
    return True


@pytest.fixture
def rental():
    rental = make_rental(months=6, signed=True)
    pay(rental, times=2)
    return rental


@pytest.fixture
def late(settings):
    """A rental whose second payment came late, with its fee."""
    settings.LATE_FEES = True
    with time_machine.travel("2027-04-01T10:00:00Z", tick=False) as clock:
        rental = make_rental(state="NY", signed=True)
        pay(rental)
        clock.move_to("2027-05-09T10:00:00Z")
        remind(today=timezone.localdate())
        pay(rental)
        yield rental


def test_an_installment_goes_back_and_stays_paid(rental):
    before, staff = agreed(rental), ManagerFactory()
    made = refund(rental, by=staff, reason="  A broken key ")
    first, second = rental.payments()
    assert (made.payment, made.amount, made.status) == (first, Decimal("49.99"), "succeeded")
    assert (made.reason, made.asked_by) == ("A broken key", staff)
    assert agreed(rental) == before
    assert left(rental) == {f"payment:{second.pk}": Decimal("49.99")}
    assert books_agree(rental)
    assert ledger_holds()


def test_a_part_of_it_until_nothing_is_left(rental):
    name = next(iter(left(rental)))
    refund(rental, name, amount=Decimal("10.00"))
    refund(rental, name, amount=Decimal("20.00"))
    with pytest.raises(RefundTooLarge, match=r"\$20\.00 is more than the \$19\.99"):
        refund(rental, name, amount=Decimal("20.00"))
    assert refund(rental, name).amount == Decimal("19.99")
    for amount in (None, Decimal("0.01")):
        with pytest.raises(NothingToRefund):
            refund(rental, name, amount=amount)
    assert sum(one.amount for one in Refund.objects.all()) == Decimal("49.99")


def test_each_refund_has_a_credit_note_that_says_for_what(rental):
    refund(rental, amount=Decimal("10.00"))
    refund(rental)
    partial, rest = Invoice.objects.filter(kind="credit_note").order_by("pk")
    invoice = rental.payments()[0].invoice
    assert (partial.corrects, rest.corrects) == (invoice, invoice)
    assert [line["text"] for line in partial.data["lines"]] == ["Refund: Payment 1 of 6"]
    assert (partial.data["total"], rest.data["total"], rest.reason) == ("10.00", "39.99", "A broken key")


def test_a_late_fee_goes_back_whole_and_once(late):
    fee = LateFee.objects.get()
    assert left(late)[f"fee:{fee.pk}"] == fee.amount
    with pytest.raises(InvalidInput, match="whole"):
        refund(late, f"fee:{fee.pk}", amount=Decimal("1.00"))
    before = agreed(late)
    assert refund(late, f"fee:{fee.pk}").amount == fee.amount
    assert agreed(late) == before
    with pytest.raises(NothingToRefund):
        refund(late, f"fee:{fee.pk}")
    payment = late.payments().latest("pk")
    assert left(late)[f"payment:{payment.pk}"] == Decimal("49.99")
    (note,) = Invoice.objects.filter(kind="credit_note")
    assert [(line["text"], line["amount"]) for line in note.data["lines"]] == [
        ("Refund: Late fee for payment 2", str(fee.amount))
    ]
    assert ledger_holds()


def test_a_payment_with_a_late_fee_gives_back_its_price_and_keeps_the_fee_for_later(late):
    fee, payment = LateFee.objects.get(), late.payments().latest("pk")
    with pytest.raises(RefundTooLarge):
        refund(late, f"payment:{payment.pk}", amount=Decimal("50.00"))
    assert refund(late, f"payment:{payment.pk}").amount == Decimal("49.99")
    assert refund(late, f"fee:{fee.pk}").amount == fee.amount
    payment.refresh_from_db()
    assert payment.refunded_amount == payment.amount
    assert f"fee:{fee.pk}" not in left(late)


def test_a_fee_that_was_waived_on_the_way_is_not_given_back_again(settings):
    settings.LATE_FEES = True
    with time_machine.travel("2027-04-01T10:00:00Z", tick=False) as clock:
        rental = make_rental(state="NY", signed=True)
        clock.move_to("2027-04-09T10:00:00Z")
        remind(today=timezone.localdate())
        api = client_of(rental.user)
        intent = intent_of(api, rental)
        waive_fee(fee=LateFee.objects.get(), by=ManagerFactory(), because="Our mistake")
        try_card(api, intent)
        api.post(f"payments/{intent}/confirm")
        assert left(rental) == {f"payment:{rental.payments().get().pk}": Decimal("49.99")}


def test_a_buyout_goes_back_in_part_and_the_device_stays_sold():
    rental = make_rental(months=3, signed=True)
    pay(rental, "buyout")
    before = agreed(rental)
    refund(rental, amount=Decimal("30.00"))
    assert agreed(rental) == before
    assert fresh(rental).status == "completed"
    note = Invoice.objects.get(kind="credit_note")
    assert note.data["lines"][0]["text"] == "Refund: Early purchase"


def test_a_returned_rental_can_be_refunded_and_a_cancelled_one_is_already(rental):
    return_rental(rental=rental)
    assert refund(rental).status == "succeeded"
    cancelled = make_rental()
    pay(cancelled)
    cancel_rental(rental=cancelled)
    assert left(cancelled) == {}


def test_money_that_goes_back_by_itself_counts_as_given(rental):
    first = rental.payments()[0]
    request_refund(payment=first, amount=Decimal("9.99"), reason="At the gateway")
    assert left(rental)[f"payment:{first.pk}"] == Decimal("40.00")


def test_what_was_taken_by_hand_goes_back_by_hand():
    rental = make_rental(months=3, signed=True)
    by_hand(rental)
    made = refund(rental)
    assert (made.status, made.payment.gateway) == ("succeeded", "manual")
    assert balance(Account.CASH, currency="USD") == 0
    assert ledger_holds()


def test_twice_with_one_key_is_once(rental):
    key = uuid4()
    refund(rental, key=key, amount=Decimal("1.00"))
    for again in ({"amount": Decimal("1.00")}, {"what": "payment:404"}, {"amount": Decimal("9999.00")}):
        with pytest.raises(RefundRepeated):
            refund(rental, key=key, **again)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"reason": "  "}, InvalidInput),
        ({"amount": Decimal("0.00")}, InvalidInput),
        ({"amount": Decimal("-1.00")}, InvalidInput),
        ({"amount": Decimal("1.001")}, InvalidInput),
        ({"amount": Decimal("50.00")}, RefundTooLarge),
        ({"what": "payment:0"}, NothingToRefund),
        ({"what": "fee:1"}, NothingToRefund),
        ({"what": "nonsense"}, NothingToRefund),
    ],
)
def test_nonsense_changes_nothing(rental, more, error):
    with pytest.raises(error):
        refund(rental, **more)
    assert not Refund.objects.exists()


def test_a_payment_of_another_rental_is_refused(rental):
    other = make_rental(months=3, signed=True)
    pay(other)
    with pytest.raises(NothingToRefund):
        refund(rental, f"payment:{other.payments().get().pk}")


def test_the_worker_goes_on_when_the_gateway_is_away(rental, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(SandboxGateway, "refund", raising(GatewayUnavailable()))
        assert refund(rental).status == "pending"
    assert len(left(rental)) == 1
    assert send_pending() == (1, 0)
    assert books_agree(rental)


def test_a_refused_refund_lets_its_late_fee_go(late, monkeypatch):
    fee = LateFee.objects.get()
    with monkeypatch.context() as refusing:
        refusing.setattr(SandboxGateway, "refund", raising(GatewayRefused("No funds.")))
        assert refund(late, f"fee:{fee.pk}").status == "failed"
    assert left(late)[f"fee:{fee.pk}"] == fee.amount
    assert not Invoice.objects.filter(kind="credit_note").exists()
    assert refund(late, f"fee:{fee.pk}").status == "succeeded"


def test_a_fee_that_nobody_paid_has_no_refund(late):
    made = refund(late)
    with pytest.raises(IntegrityError), transaction.atomic():
        LateFee.objects.update(paid_with=None, refund=made)
