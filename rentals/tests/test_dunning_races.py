"""Many hands at one reminder, one fee: each once, and neither after the money."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.tests.factories import AdminFactory
from core.testing.races import race
from core.testing.tasks import run_tasks
from payments import services as payments
from payments.gateways.sandbox import client as sandbox
from rentals.lifecycle.services import return_rental
from rentals.models import Installment, LateFee, Reminder
from rentals.money import dunning
from rentals.money.dunning import FeeNotOpen, waive_fee
from rentals.money.paying import payment_intent_for
from rentals.tests.charging.attempts import signalled
from rentals.tests.factories import make_rental
from rentals.tests.shop import books_agree, charges_of, fresh

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 20
RATE = Decimal("49.99")


@pytest.fixture(autouse=True)
def fees(settings):
    settings.LATE_FEES = True


def late_rental(**more):
    """Its first installment was due eight days ago, and New York's grace is over."""
    rental = make_rental(signed=True, state="NY", **more)
    Installment.objects.filter(rental=rental, number=1).update(due_date=timezone.localdate() - timedelta(days=8))
    return rental


def run():
    return dunning.remind(today=timezone.localdate())


def no_errors(results):
    assert not [result for result in results if isinstance(result, BaseException)], results


def test_two_machines_remind_and_charge_the_fee_once():
    for _ in range(ROUNDS):
        rental = late_rental()
        with signalled(rental) as received:
            results = race([run] * 2)
        no_errors(results)
        assert tuple(map(sum, zip(*results, strict=True))) == (1, 1)
        assert received == [("remind", 1, 7)]
        assert Reminder.objects.filter(installment__rental=rental).count() == 1
        assert LateFee.objects.get(installment__rental=rental).amount == Decimal("5.00")


def test_two_machines_in_many_installments_share_and_do_not_deadlock():
    rentals = [late_rental() for _ in range(6)]
    results = race([run] * 4)
    no_errors(results)
    assert tuple(map(sum, zip(*results, strict=True))) == (6, 6)
    assert LateFee.objects.filter(installment__rental__in=rentals).count() == 6


def test_a_payment_at_the_same_moment():
    """Reminded before the money, or not at all; a fee that was faster stays open and is the next payment's."""
    for _ in range(ROUNDS):
        rental = late_rental()
        payment = payment_intent_for(rental=rental, purpose="installment")
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
        results = race([run, lambda p=payment: payments.confirm(payment=p)])
        no_errors(results)
        now = fresh(rental)
        assert (now.payments_made, charges_of(rental)) == (1, [RATE]) and books_agree(rental)
        reminders = Reminder.objects.filter(installment__rental=rental).count()
        fees = LateFee.objects.filter(installment__rental=rental)
        assert (reminders, fees.count()) == results[0] in ((1, 1), (0, 0))
        assert all(fee.is_open for fee in fees)


def test_a_return_at_the_same_moment():
    for _ in range(ROUNDS):
        rental = late_rental()
        results = race([run, lambda r=rental: return_rental(rental=r)])
        no_errors(results)
        assert fresh(rental).status == "returned"
        assert results[0] in ((1, 1), (0, 0))


def test_a_waiver_while_the_fee_is_paid():
    """Paid, or waived and its money sent back; never both, and no error for either."""
    ends = set()
    for _ in range(ROUNDS):
        rental = late_rental()
        run()
        fee = LateFee.objects.get(installment__rental=rental)
        payment = payment_intent_for(rental=rental, purpose="installment")
        assert payment.amount == RATE + fee.amount
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
        staff = AdminFactory()

        def waive(fee=fee, staff=staff):
            try:
                waive_fee(fee=fee, by=staff, because="A kindness.")
            except FeeNotOpen:
                return "paid"
            return "waived"

        results = race([waive, lambda p=payment: payments.confirm(payment=p)])
        no_errors(results)
        run_tasks()
        assert books_agree(rental)
        fee.refresh_from_db()
        assert (fee.waived_at is not None) == (results[0] == "waived") == (fee.paid_with is None)
        assert charges_of(rental) == [RATE if results[0] == "waived" else RATE + fee.amount]
        ends.add(results[0])
    assert ends <= {"paid", "waived"}
