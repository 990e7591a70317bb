"""Late fees: by the contract's own rules, one for each installment at most, paid with the next payment or waived."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import AdminFactory
from rentals.lifecycle.services import return_rental
from rentals.models import LateFee
from rentals.money.dunning import FeeNotOpen, waive_fee
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    books_agree,
    charges_of,
    client_of,
    command,
    confirm,
    fresh,
    installment,
    intent_of,
    pay,
    try_card,
)

START = datetime(2026, 4, 10, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]
RATE = Decimal("89.99")


@pytest.fixture
def charging(settings):
    """A shop that charges late fees."""
    settings.LATE_FEES = True


def rental_in(state, **more):
    return make_rental(signed=True, state=state, rental_price=RATE, **more)


def run(clock, day):
    """The run of the night that many days after the start."""
    clock.move_to(START + timedelta(days=day))
    return command("send_payment_reminders").strip()


def fees_of(rental):
    return list(LateFee.objects.filter(installment__rental=rental).values_list("installment__number", "amount"))


def next_amount(rental):
    api = client_of(rental.user)
    return Decimal(str(api.post(f"rentals/{rental.pk}/payment-intent").json()["amount"]))


@pytest.mark.parametrize(
    ("state", "last_free_day", "fee"),
    [("NY", 7, "9.00"), ("CA", 7, "4.50"), ("CT", 5, "4.50"), ("OH", 40, None), ("TX", 40, None)],
)
def test_the_fee_of_each_place_comes_after_its_grace_and_once(charging, clock, state, last_free_day, fee):
    rental = rental_in(state, months=3)
    for day in range(last_free_day + 1):
        run(clock, day)
    assert fees_of(rental) == []
    for day in range(last_free_day + 1, last_free_day + 5):
        run(clock, day)
        run(clock, day)
    assert fees_of(rental) == ([(1, Decimal(fee))] if fee else [])
    if fee:
        assert LateFee.objects.get().assessed_on == (START + timedelta(days=last_free_day + 1)).date()


def test_a_missed_night_costs_no_more(charging, clock):
    rental = rental_in("NY")
    run(clock, 29)
    assert fees_of(rental) == [(1, Decimal("9.00"))]


def test_every_late_installment_has_its_own_fee_also_those_nobody_is_reminded_of(charging, clock):
    rental = rental_in("NY")
    run(clock, 75)  # three are late, by 75, 45 and 14 days
    assert fees_of(rental) == [(number, Decimal("9.00")) for number in (1, 2, 3)]


def test_by_default_there_is_no_fee_anywhere(clock):
    rentals = [rental_in(state) for state in ("NY", "CA", "CT")]
    run(clock, 100)
    assert [fees_of(rental) for rental in rentals] == [[]] * 3


def test_a_contract_keeps_the_rules_it_was_signed_with(clock, settings):
    without = rental_in("NY")
    settings.LATE_FEES = True
    with_fee = rental_in("NY")
    run(clock, 8)
    assert (fees_of(without), fees_of(with_fee)) == ([], [(1, Decimal("9.00"))])
    settings.LATE_FEES = False
    run(clock, 100)
    assert (fees_of(without), len(fees_of(with_fee))) == ([], 4)


def test_the_database_allows_one_fee_for_an_installment(charging, clock):
    rental = rental_in("NY")
    run(clock, 8)
    with pytest.raises(IntegrityError), transaction.atomic():
        LateFee.objects.create(installment=installment(rental), amount=1, assessed_on=START.date())


def test_the_next_payment_brings_the_fee_and_pays_it(charging, clock):
    rental = rental_in("NY")
    assert next_amount(rental) == RATE
    run(clock, 8)
    assert next_amount(rental) == RATE + 9
    detail = client_of(rental.user).get(f"rentals/{rental.pk}").json()["rental"]
    assert (detail["late_fees"], detail["payment_schedule"][0]["late_fee"]) == (9, 9)
    pay(rental)
    assert LateFee.objects.get().paid_with == installment(rental).paid_with
    assert next_amount(rental) == RATE
    assert charges_of(rental) == [RATE + 9] and books_agree(rental)
    run(clock, 20)
    assert len(fees_of(rental)) == 1


def test_a_payment_begun_before_the_fee_pays_the_installment_and_the_fee_stays(charging, clock):
    rental = rental_in("NY")
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    assert try_card(api, intent) == "succeeded"
    run(clock, 8)
    assert confirm(client_of(rental.user), intent).status_code == 200
    assert installment(rental).is_paid and LateFee.objects.get().is_open
    assert next_amount(rental) == RATE + 9
    pay(rental)
    assert not LateFee.objects.get().is_open
    assert charges_of(rental) == [RATE, RATE + 9] and books_agree(rental)


def test_a_waived_fee_is_not_asked_for_and_does_not_come_again(charging, clock):
    rental = rental_in("NY")
    run(clock, 8)
    waive_fee(fee=LateFee.objects.get(), by=AdminFactory(), because="The post was late.")
    assert next_amount(rental) == RATE
    run(clock, 9)
    assert (len(fees_of(rental)), fresh(rental).open_installments[0].late_fee.is_open) == (1, False)
    pay(rental)
    assert charges_of(rental) == [RATE]


def test_money_for_a_fee_that_was_waived_meanwhile_goes_back(charging, clock):
    rental = rental_in("NY")
    run(clock, 8)
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    assert try_card(api, intent) == "succeeded"
    waive_fee(fee=LateFee.objects.get(), by=AdminFactory(), because="The post was late.")
    assert confirm(client_of(rental.user), intent).status_code == 200
    assert books_agree(rental)
    assert charges_of(rental) == [RATE]
    assert (LateFee.objects.get().paid_with, installment(rental).is_paid) == (None, True)


def test_a_fee_that_was_paid_cannot_be_waived_nor_one_twice(charging, clock):
    rental = rental_in("NY")
    run(clock, 8)
    fee, staff = LateFee.objects.get(), AdminFactory()
    pay(rental)
    with pytest.raises(FeeNotOpen):
        waive_fee(fee=fee, by=staff, because="Too late.")
    run(clock, 60)
    second = LateFee.objects.filter(paid_with=None).first()
    waive_fee(fee=second, by=staff, because="Once.")
    with pytest.raises(FeeNotOpen):
        waive_fee(fee=second, by=staff, because="Twice.")
    assert LateFee.objects.get(pk=second.pk).waived_because == "Once."


def test_whoever_returns_the_device_is_asked_for_no_fee(charging, clock):
    rental = rental_in("NY")
    run(clock, 8)
    return_rental(rental=rental)
    run(clock, 60)
    assert len(fees_of(rental)) == 1
    assert client_of(rental.user).get(f"rentals/{rental.pk}").json()["rental"]["late_fees"] == 0
