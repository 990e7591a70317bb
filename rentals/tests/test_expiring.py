"""`expire_rentals`: what is not signed in time is cancelled, with the device and the money where they were."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from rentals.lifecycle.services import sign_contract
from rentals.models import Rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    books_agree,
    charges_of,
    client_of,
    command,
    confirm,
    fresh,
    intent_of,
    pay,
    run_tasks,
    try_card,
)

START = datetime(2026, 4, 10, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


def test_the_time_to_sign_is_a_setting_and_ends_to_the_second(clock, settings):
    settings.RENTAL_SIGN_HOURS = 5
    signed, unsigned = make_rental(signed=True), make_rental()
    clock.move_to(START + timedelta(hours=5))
    assert command("expire_rentals") == "0 rentals cancelled.\n"
    clock.shift(timedelta(seconds=1))
    young = make_rental()
    assert command("expire_rentals") == "1 rentals cancelled.\n"
    assert [fresh(one).status for one in (signed, unsigned, young)] == ["active", "cancelled", "pending"]
    change = unsigned.status_history.get(status="cancelled")
    assert (change.notes, change.created_by) == ("Not signed within 5 hours", "System")
    assert fresh(unsigned).product.inventory_count == 5
    assert command("expire_rentals") == "0 rentals cancelled.\n"


def test_what_was_paid_goes_back_and_nothing_more_is_taken(clock):
    rental = make_rental()
    pay(rental)
    assert charges_of(rental) == [Decimal("49.99")]
    clock.shift(timedelta(days=4))
    command("expire_rentals")
    run_tasks()
    assert (fresh(rental).status, charges_of(rental)) == ("cancelled", [0])
    assert books_agree(rental)


def test_money_that_comes_after_the_end_goes_back(clock):
    rental = make_rental()
    api = client_of(rental.user)
    intent = intent_of(api, rental)
    assert try_card(api, intent) == "succeeded"  # and nobody has told us
    clock.shift(timedelta(days=4))
    command("expire_rentals")
    run_tasks()
    api = client_of(rental.user)
    assert confirm(api, intent).status_code == 200
    run_tasks()
    assert (fresh(rental).status, charges_of(rental)) == ("cancelled", [0])
    assert books_agree(rental)


def test_one_that_is_signed_while_the_command_runs_is_left_alone(clock, monkeypatch):
    rentals = [make_rental() for _ in range(2)]
    clock.shift(timedelta(days=4))
    found = list(Rental.objects.unsigned_since(START + timedelta(days=1)).order_by("pk"))
    sign_contract(rental=rentals[0], by=rentals[0].user)
    monkeypatch.setattr(type(Rental.objects.all()), "unsigned_since", lambda *_: Answer(found))
    assert command("expire_rentals") == "1 rentals cancelled.\n"
    assert [fresh(one).status for one in rentals] == ["active", "cancelled"]


class Answer(list):
    """What a query had found before."""

    def order_by(self, *_):
        return self
