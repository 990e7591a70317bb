"""Many hands at one rental, on a database that locks rows: one consistent end, and money equal to the gateway's."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from accounts.tests.factories import AdminFactory
from core.testing.races import race
from payments.models import Payment
from rentals.errors import NothingToPay
from rentals.lifecycle import services
from rentals.models import LateFee
from rentals.money.dunning import waive_fee
from rentals.money.settling import record_payment_by_hand
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    ROUNDS,
    check_one_end,
    client_of,
    codes,
    confirm,
    deliver,
    fresh,
    outcomes,
    paid_at_the_gateway,
    paid_beside,
    pay,
    post,
    report,
    stock_of,
)

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_two_report_one_payment():
    for purpose in ["installment", "buyout"] * (ROUNDS // 2):
        rental = make_rental(signed=True)
        intent, event = paid_at_the_gateway(rental, purpose)
        results = race([report(rental, intent, purpose), report(rental, intent, purpose), deliver(event)])
        assert sorted(outcomes(results[:2])) == [200, 400], results
        assert codes(results[:2]) == ["transaction_used"]
        assert check_one_end(rental) == ("active" if purpose == "installment" else "completed")


def test_two_buyouts():
    for _ in range(ROUNDS):
        rental = make_rental(signed=True)
        (one, first), (other, second) = paid_at_the_gateway(rental, "buyout"), paid_beside(rental, "buyout")
        jobs = [report(rental, one, "buyout"), report(rental, other, "buyout"), deliver(first), deliver(second)]
        results = race(jobs)
        assert sorted(outcomes(results[:2])) == [200, 400], results
        assert codes(results[:2]) == ["payment_refunded"]
        assert check_one_end(rental) == "completed"


def test_two_own_it_for_nothing():
    for _ in range(ROUNDS // 4):
        rental = make_rental(signed=True, months=3, state="OH", rental_price="599.99")
        pay(rental, times=2)
        results = race([post(rental, "buyout"), post(rental, "buyout")])
        assert sorted(outcomes(results)) == [200, 400], results
        assert check_one_end(rental) == "completed"


def test_a_payment_and_a_buyout():
    for number in range(ROUNDS):
        rental = make_rental(signed=True)
        month, told = paid_beside(rental)
        price, of_price = paid_at_the_gateway(rental, "buyout")
        if number % 2:
            results = race([report(rental, month), report(rental, price, "buyout"), deliver(told), deliver(of_price)])
            assert sorted(outcomes(results[:2])) == [200, 400], results
            assert codes(results[:2])[0] in ("stale_quote", "payment_refunded")
        else:
            assert race([deliver(told), deliver(of_price)]) == ["handled"] * 2
        status = check_one_end(rental)
        assert fresh(rental).payments_made == (1 if status == "active" else 0)


def test_two_payments_for_the_last_month():
    for _ in range(ROUNDS // 2):
        rental = make_rental(signed=True, months=3)
        pay(rental, times=2)
        (one, first), (other, second) = paid_at_the_gateway(rental), paid_beside(rental)
        results = race([report(rental, one), report(rental, other), deliver(first), deliver(second)])
        assert sorted(outcomes(results[:2])) == [200, 400], results
        assert codes(results[:2]) == ["payment_refunded"]
        assert check_one_end(rental) == "completed"
        assert fresh(rental).payments_made == 3


def test_cash_and_card_for_the_last_month():
    staff = AdminFactory()
    for _ in range(ROUNDS // 2):
        rental = make_rental(signed=True, months=3)
        pay(rental, times=2)
        _intent, event = paid_at_the_gateway(rental)
        cash = {"rental": rental, "by": staff, "purpose": "installment", "reason": "Cash"}
        results = race([deliver(event), lambda cash=cash: record_payment_by_hand(**cash)])
        assert results[0] == "handled"
        assert results[1] is None or isinstance(results[1], NothingToPay), results
        assert check_one_end(rental) == "completed"
        assert fresh(rental).payments_made == 3


@pytest.mark.parametrize("purpose", ["installment", "buyout"])
def test_returning_and_paying(purpose):
    for number in range(ROUNDS):
        rental = make_rental(signed=True)
        intent, event = paid_at_the_gateway(rental, purpose)
        settle = report(rental, intent, purpose) if number % 2 else deliver(event)
        results = race([post(rental, "return"), settle])
        assert results[0].status_code in ([200] if purpose == "installment" else [200, 400]), results
        assert not [one for one in results if isinstance(one, Exception)], results
        status = check_one_end(rental)
        assert status == ("returned" if results[0].status_code == 200 else "completed")
        assert stock_of(rental) == (5 if status == "returned" else 4)


def test_a_payment_that_settles_between_the_looks_of_cancelling_is_refunded(monkeypatch):
    """The narrow moment, held open: cancelling has read the payments and not locked the rental yet."""
    rental = make_rental()
    _intent, event = paid_at_the_gateway(rental)
    original, settled = services.locked_rental, threading.Event()
    settling = threading.Thread(target=lambda: (deliver(event)(), connection.close(), settled.set()))

    def slow_lock(rental_id):
        if not settling.ident:
            settling.start()
            settled.wait(2)  # the settling is over by now, unless it has to wait for us, as it should
        return original(rental_id)

    monkeypatch.setattr(services, "locked_rental", slow_lock)
    services.cancel_rental(rental=rental, by=rental.user)
    settling.join()
    assert (check_one_end(rental), stock_of(rental)) == ("cancelled", 5)


@pytest.mark.parametrize("reporter", ["webhook", "browser", "report"])
def test_cancelling_and_the_first_payment(reporter):
    for _ in range(ROUNDS):
        rental = make_rental()
        intent, event = paid_at_the_gateway(rental)
        api = client_of(rental.user)
        settle = {
            "webhook": deliver(event),
            "browser": lambda a=api, i=intent: confirm(a, i),
            "report": report(rental, intent),
        }[reporter]
        results = race([post(rental, "cancel"), settle])
        assert not [one for one in results if isinstance(one, Exception)], results
        assert results[0].status_code == 200
        assert (check_one_end(rental), stock_of(rental)) == ("cancelled", 5)
        payment = Payment.objects.get(intent_id=intent)
        assert (payment.status, payment.refunded_amount) == ("succeeded", payment.amount)


@pytest.mark.parametrize("purpose", ["installment", "buyout"])
def test_asking_at_once_for_the_intent(purpose):
    for _ in range(ROUNDS):
        rental = make_rental(signed=True)
        apis = [client_of(rental.user) for _ in range(3)]
        path, body = f"rentals/{rental.pk}/payment-intent", {"purpose": purpose}
        results = race([lambda a=api, p=path, b=body: a.post(p, b) for api in apis])
        assert outcomes(results) == [200] * 3, results
        assert len({result.json()["payment_intent_id"] for result in results}) == 1
        assert Payment.objects.filter(rental_payment__rental=rental).count() == 1


def test_asking_for_the_intent_while_it_ends():
    for _ in range(ROUNDS):
        rental = make_rental(signed=True)
        api, path = client_of(rental.user), f"rentals/{rental.pk}/payment-intent"
        results = race([lambda a=api, p=path: a.post(p, {"purpose": "buyout"}), post(rental, "return")])
        assert results[0].status_code in (200, 400), results
        assert results[1].status_code == 200, results
        assert check_one_end(rental) == "returned"


def test_waiving_a_fee_and_paying_it():
    staff = AdminFactory()
    for _ in range(ROUNDS):
        rental = make_rental(signed=True)
        first = rental.installments.first()
        fee = LateFee.objects.create(installment=first, amount=Decimal("9.00"), assessed_on=first.due_date)
        intent, event = paid_at_the_gateway(rental)
        waive = lambda fee=fee: waive_fee(fee=fee, by=staff, because="Kindness")  # noqa: E731
        results = race([deliver(event), waive, report(rental, intent)])
        assert (results[0], results[2].status_code) == ("handled", 200), results
        fee.refresh_from_db()
        assert (fee.paid_with is None) == (fee.waived_at is not None)
        assert (results[1] is None) == (fee.waived_at is not None), results
        assert check_one_end(rental) == "active"
