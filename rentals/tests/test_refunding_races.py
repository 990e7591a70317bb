"""Two pairs of hands at one rental's money, on a database that locks rows."""

from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.tests.factories import ManagerFactory
from core.testing.races import race
from payments.models import Invoice, Refund
from payments.refunds.services import send_pending
from rentals.lifecycle.services import cancel_rental, return_rental
from rentals.models import LateFee, Rental
from rentals.money.dunning import remind
from rentals.refunding import give_back, parts_left
from rentals.tests.factories import make_rental
from rentals.tests.shop import by_hand, deliver, fresh, paid_at_the_gateway, pay

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 20  # of what two clicks can do to one rental
SOME = 4  # of what takes a new rental each time


def refunding(rental, what, by, *, key=None, amount=None):
    """A click, ready to go."""
    return lambda: give_back(
        rental=Rental.objects.get(pk=rental.pk), what=what, amount=amount, reason="Race", by=by, key=key or uuid4()
    )


def codes(results):
    """What became of each: "done", or the code of the refusal; any other exception is itself."""
    return sorted("done" if isinstance(one, Refund) else getattr(one, "code", repr(one)) for one in results)


def first_part(rental):
    return next(parts_left(fresh(rental))).name


def gone(rental):
    """What went back of its payments; each refund has its credit note."""
    assert send_pending()[1] == 0
    refunds = Refund.objects.filter(payment__rental_payment__rental=rental)
    assert {refund.status for refund in refunds} <= {"succeeded"}
    assert Invoice.objects.filter(refund__in=refunds).count() == refunds.count()
    for payment in rental.payments():
        assert payment.refunded_amount <= payment.amount
    return sum(refund.amount for refund in refunds)


def test_two_clicks_on_one_form_and_two_forms_for_one_installment():
    rental, by = make_rental(months=24, signed=True), ManagerFactory()
    for turn in range(ROUNDS):
        by_hand(rental, by=by)
        what, key = first_part(rental), uuid4()
        if turn % 2:
            assert codes(race([refunding(rental, what, by, key=key)] * 2)) == ["done", "refund_repeated"]
        else:
            jobs = [refunding(rental, what, by) for _ in range(2)]
            assert codes(race(jobs)) == ["done", "nothing_to_refund"]
        assert gone(rental) == (turn + 1) * rental.monthly_rate


def test_amounts_that_are_too_much_together():
    rental, by = make_rental(months=12, signed=True), ManagerFactory()
    for turn in range(2 * SOME):
        by_hand(rental, by=by)
        what = list(parts_left(fresh(rental)))[-1].name
        results = race([refunding(rental, what, by, amount=Decimal("20.00")) for _ in range(3)])
        assert codes(results) == ["done", "done", "refund_too_large"]
        assert gone(rental) == (turn + 1) * 40


def test_a_late_fee_goes_back_once(settings):
    settings.LATE_FEES = True
    by = ManagerFactory()
    for _ in range(3):
        with time_machine.travel("2027-04-01T10:00:00Z", tick=False) as clock:
            rental = make_rental(state="NY", signed=True)
            clock.move_to("2027-04-09T10:00:00Z")
            remind(today=timezone.localdate())
            by_hand(rental, by=by)
            fee = LateFee.objects.get(installment__rental=rental)
            assert codes(race([refunding(rental, f"fee:{fee.pk}", by) for _ in range(3)])) == [
                "done",
                "nothing_to_refund",
                "nothing_to_refund",
            ]
            assert gone(rental) == fee.amount


def test_a_refund_and_the_next_payment_and_a_return():
    by = ManagerFactory()
    for _ in range(SOME):
        rental = make_rental(months=3, signed=True)
        pay(rental)
        _intent, event = paid_at_the_gateway(rental)
        jobs = [
            refunding(rental, first_part(rental), by),
            deliver(event),
            lambda r=rental: return_rental(rental=Rental.objects.get(pk=r.pk)),
        ]
        refund, _, returned = race(jobs)
        assert isinstance(refund, Refund), repr(refund)
        assert returned is None, repr(returned)
        counted = rental.rental_payments.exclude(counted_at=None).count()
        send_pending()
        kept = sum(payment.amount - payment.refunded_amount for payment in rental.payments().settled())
        assert kept == (counted - 1) * rental.monthly_rate


def test_a_refund_and_a_cancellation_give_the_money_back_once():
    by, ends = ManagerFactory(), set()
    for _ in range(SOME):
        rental = make_rental(months=3)
        pay(rental)
        jobs = [
            refunding(rental, first_part(rental), by, amount=Decimal("20.00")),
            lambda r=rental: cancel_rental(rental=Rental.objects.get(pk=r.pk)),
        ]
        refunded, cancelled = race(jobs)
        assert cancelled is None, repr(cancelled)
        ends.update(codes([refunded]))
        assert gone(rental) == rental.monthly_rate
    assert ends <= {"done", "nothing_to_refund"}
