"""The ledger when everybody comes at once; some rounds each, since a race is a matter of luck."""

from threading import Event

import pytest
from django.db import transaction
from django.utils import timezone

from core.testing.races import race
from giggatek.tests.money.ledger_days import NOW, account, day_of, moment, now, paid
from orders.fulfilment import payment_intent_for
from orders.models import ShippingMethod
from orders.tests.shop import make_order
from payments.gateways.records import BalanceTransaction, Kind
from payments.gateways.sandbox import client as sandbox
from payments.ledger import closing
from payments.ledger.booking import book
from payments.ledger.checking import closings_off, differences
from payments.ledger.closing import add_account_figures
from payments.ledger.movements import book_movement
from payments.models import DayClosing, LedgerEntry, LedgerLine, Payment, Refund
from payments.models.ledger import Account
from payments.refunds.services import request_full_refund, send_refund
from payments.services import confirm

__all__ = ["now"]

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ROUNDS = range(8)


@pytest.fixture(autouse=True)
def standard_shipping():
    """The flush between these tests takes the rows that migrations made."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def charged_payment():
    """Paid at the gateway; no event came."""
    payment = payment_intent_for(order=make_order())
    sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
    return payment


def no_errors(results):
    assert not [result for result in results if isinstance(result, Exception)], results


def test_who_settles_the_same_payment_at_once_books_it_once():
    for _ in ROUNDS:
        pk = charged_payment().pk
        no_errors(race([lambda pk=pk: confirm(payment=Payment.objects.get(pk=pk))] * 4))
        kinds = LedgerEntry.objects.filter(payment=pk).order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["payment_settled", "order_paid"]
    assert list(differences()) == []


def test_who_sends_the_same_refund_at_once_books_it_once():
    for _ in ROUNDS:
        payment = confirm(payment=charged_payment())
        pk = request_full_refund(payment=payment, reason="Came back").pk
        no_errors(race([lambda pk=pk: send_refund(refund=Refund.objects.get(pk=pk))] * 3))
        assert LedgerEntry.objects.filter(kind="refund_settled", payment=payment).count() == 1
        assert LedgerEntry.objects.filter(kind="order_refunded", payment=payment).count() == 1
    assert list(differences()) == []


def test_the_same_key_at_once_is_one_entry():
    for number in ROUNDS:

        def try_it(number=number):
            lines = {Account.CASH: 5, Account.BANK: -5}
            return book(key=f"try:{number}", kind="try", lines=lines, currency="USD").pk

        assert len(set(race([try_it] * 6))) == 1
    assert LedgerLine.objects.count() == 2 * len(ROUNDS)


def test_machines_that_close_the_same_days_at_once_write_one_closing_each():
    paid(3)
    paid(2)
    jobs = [
        lambda day=day: closing.close_day(day=day, now=NOW).pk for day in (day_of(3), day_of(2)) for _ in range(3)
    ]
    results = race(jobs)
    no_errors(results)
    assert len(set(results[:3])) == len(set(results[3:])) == 1
    assert DayClosing.objects.count() == 2
    assert LedgerEntry.objects.filter(kind="gateway_fee").count() == 2
    assert list(differences()) == []


def test_a_payment_that_settles_while_a_day_is_closed_belongs_to_today():
    paid(2)
    payments = [charged_payment().pk for _ in range(4)]
    settling = [lambda pk=pk: confirm(payment=Payment.objects.get(pk=pk)) for pk in payments]
    no_errors(race([lambda: closing.close_day(day=day_of(2), now=timezone.now()), *settling]))
    written = DayClosing.objects.get()
    assert account(written, "sales")[-1] == -59999
    assert written.differences == []
    assert list(differences()) == []


def a_fee(at):
    """A fee that another machine read in the gateway's list, a moment after us."""
    return BalanceTransaction("txn_1", Kind.OTHER, 0, 50, "USD", "", "", at)


def book_fee(at):
    book_movement(gateway="sandbox", movement=a_fee(at), payment=None, at=at)
    return LedgerEntry.objects.get(key="sandbox-fee:txn_1").booked_at


def test_a_fee_of_a_day_that_is_being_closed_waits_and_belongs_to_a_later_day(monkeypatch):
    summed, booked = Event(), Event()

    def sum_slowly(*args):
        add_account_figures(*args)
        summed.set()
        booked.wait(0.2)

    def book_meanwhile():
        summed.wait()
        booked_at = book_fee(moment(2))
        booked.set()
        return booked_at

    monkeypatch.setattr(closing, "add_account_figures", sum_slowly)
    results = race([lambda: closing.close_day(day=day_of(2), now=NOW), book_meanwhile])
    no_errors(results)
    assert results[1] > moment(1)
    assert list(closings_off()) == []


def test_a_closing_waits_for_a_fee_that_is_being_booked_into_its_day():
    booking, over = Event(), Event()

    def book_slowly():
        with transaction.atomic():
            booked_at = book_fee(moment(2))
            booking.set()
            over.wait(0.2)
        return booked_at

    def close_meanwhile():
        booking.wait()
        written = closing.close_day(day=day_of(2), now=NOW)
        over.set()
        return written

    results = race([book_slowly, close_meanwhile])
    no_errors(results)
    assert results[0] == moment(2)
    assert account(results[1], "gateway_fees") == (0, 50, 0, 50)
    assert list(closings_off()) == []
