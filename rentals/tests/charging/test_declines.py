"""Declines by kind: what is tried again, when, with which card, and what the customer is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from unittest import mock

import pytest

from payments.gateways.sandbox.vault import SandboxVault
from payments.models import Payment, Refund, SandboxCard, SandboxIntent
from rentals.autopay.attempts import permit
from rentals.models import ChargeAttempt
from rentals.tests.charging.attempts import attempts_at, signalled, work, write_attempts_only
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    ASKS,
    EXPIRED,
    GOOD,
    LOST,
    NO_FUNDS,
    RATE,
    books_agree,
    charges_of,
    client_of,
    command,
    fresh,
    installment,
    night,
    pay,
    run_tasks,
    try_card,
    turn_off,
    turn_on,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clock(datetime(2026, 1, 31, 2, tzinfo=UTC))]
FIRST = date(2026, 1, 31)


@pytest.fixture
def rental():
    """Signed, autopay off; beside it one whose card is good."""
    turn_on(make_rental(signed=True))
    return make_rental(signed=True)


def nights(clock, days, *, first=FIRST):
    """One night after the other, from `first` on."""
    for number in days:
        night(first + timedelta(days=number), clock)


def days_of_tries(rental, number=1):
    tries = ChargeAttempt.objects.filter(installment__rental=rental, installment__number=number).order_by("number")
    return [attempt.created_at.date() - FIRST for attempt in tries]


def salary_comes():
    """The cards without funds have some."""
    SandboxCard.objects.exclude(name="visa").update(name="visa")


@pytest.fixture
def asked():
    """The tries that reach the bank: the last digits of each card, in order."""
    real, seen = SandboxVault.charge, []

    def charge(self, **arguments):
        seen.append(SandboxCard.objects.get(payment_method_id=arguments["payment_method_id"]).name)
        return real(self, **arguments)

    with mock.patch.object(SandboxVault, "charge", charge):
        yield seen


def test_a_soft_decline_is_tried_after_3_5_and_7_days_and_no_more(rental, clock):
    turn_on(rental, NO_FUNDS)
    with signalled(rental, "failed") as received:
        nights(clock, range(28))
    assert [days.days for days in days_of_tries(rental)] == [0, 3, 5, 7]
    assert attempts_at(rental) == ["declined"] * 4
    assert received == [("failed", 1)] * 4
    assert (charges_of(rental), installment(rental).charge_on) == ([], None)
    codes = set(ChargeAttempt.objects.filter(status="declined").values_list("failure_code", "failure_message"))
    assert codes == {("insufficient_funds", "Your card has insufficient funds.")}


@pytest.mark.parametrize("paid_on", [3, 5, 7])
def test_a_retry_that_succeeds_ends_it(rental, clock, paid_on):
    turn_on(rental, NO_FUNDS)
    nights(clock, range(paid_on))
    assert charges_of(rental) == []
    salary_comes()
    nights(clock, range(paid_on, 20))
    assert (charges_of(rental), attempts_at(rental)[-1]) == ([RATE], "succeeded")
    assert installment(rental).paid_at.date() == FIRST + timedelta(days=paid_on)
    assert SandboxIntent.objects.filter(intent_id__in=rental.payments().values("intent_id")).count() == 1
    assert books_agree(rental)


def test_nights_that_were_missed_move_the_tries_on_and_add_none(rental, clock):
    turn_on(rental, NO_FUNDS)
    nights(clock, [0, 6, 6, 7, 7, 8, 9, 10, 20])
    assert [days.days for days in days_of_tries(rental)] == [0, 6, 7, 8]


@pytest.mark.parametrize(("card", "code"), [(LOST, "lost_card"), (EXPIRED, "expired_card")])
def test_a_hard_decline_is_never_tried_again(rental, clock, asked, card, code):
    turn_on(rental, card)
    with signalled(rental, "failed") as received:
        nights(clock, range(28))
    assert (attempts_at(rental), received) == (["declined"], [("failed", 1)])
    assert asked.count("visa_" + code.removesuffix("_card")) == 1
    assert ChargeAttempt.objects.get(installment__rental=rental).failure_code == code


def test_nor_is_the_card_tried_for_the_next_installment(rental, clock, asked):
    """The bank said that this card will never pay: it is not asked again, and the customer is told again."""
    turn_on(rental, LOST)
    with signalled(rental, "failed") as received:
        nights(clock, [0, 27, 28, 29, 59])
    assert received == [("failed", 1), ("failed", 2), ("failed", 3)]
    assert asked.count("visa_lost") == 1
    assert set(ChargeAttempt.objects.filter(status="declined").values_list("failure_code", flat=True)) == {
        "lost_card"
    }
    assert charges_of(rental) == []


def test_a_new_card_makes_due_what_was_given_up(rental, clock):
    turn_on(rental, LOST)
    nights(clock, [0, 1, 2, 28, 29])
    turn_on(rental, GOOD)
    with signalled(rental, "paid", "failed") as received:
        nights(clock, [30, 31])
    assert (charges_of(rental), received) == ([RATE] * 2, [("paid", 1), ("paid", 2)])
    assert attempts_at(rental) == ["declined", "succeeded"]
    assert books_agree(rental)


def test_a_new_card_is_tried_at_once_and_has_its_own_retries(rental, clock):
    turn_on(rental, NO_FUNDS)
    nights(clock, [0, 1, 2, 3])
    clock.shift(timedelta(hours=1))
    turn_on(rental, NO_FUNDS)
    nights(clock, range(4, 28))
    assert [days.days for days in days_of_tries(rental)] == [0, 3, 4, 7, 9, 11]


def test_off_ends_the_retries_and_the_same_kind_of_card_begins_anew(rental, clock):
    turn_on(rental, NO_FUNDS)
    nights(clock, [0])
    turn_off(rental)
    nights(clock, range(1, 10))
    assert attempts_at(rental) == ["declined"]
    turn_on(rental, NO_FUNDS)
    nights(clock, range(10, 20))
    assert [days.days for days in days_of_tries(rental)] == [0, 10, 13, 15, 17]


def test_a_bank_that_wants_the_customer_is_not_asked_again(rental, clock, asked):
    turn_on(rental, ASKS)
    with signalled(rental, "failed", "paid") as received:
        nights(clock, range(28))
    assert (attempts_at(rental), received) == (["needs_customer"], [("failed", 1)])
    assert asked.count("visa_that_always_asks") == 1
    pay(rental)
    assert (charges_of(rental), installment(rental).state) == ([RATE], "paid")
    SandboxCard.objects.filter(name="visa_that_always_asks").update(name="visa")
    nights(clock, [28, 29])
    assert attempts_at(rental, 2) == ["succeeded"]
    assert charges_of(rental) == [RATE] * 2 and books_agree(rental)


def test_paying_by_hand_ends_the_retries(rental, clock):
    turn_on(rental, NO_FUNDS)
    nights(clock, [0, 1])
    pay(rental)
    salary_comes()
    nights(clock, range(2, 28))
    assert (attempts_at(rental), charges_of(rental)) == (["declined"], [RATE])
    assert installment(rental).charge_on is None


def test_autopays_own_intent_may_be_paid_by_the_customer(rental, clock):
    """Its money counts for its installment; paid after that one was paid otherwise, it goes back."""
    turn_on(rental, ASKS)
    nights(clock, [0])
    api = client_of(rental.user)
    own = installment(rental).autopay_payment.payment.intent_id
    pay(rental)
    assert try_card(api, own) == "succeeded"
    assert api.post(f"payments/{own}/confirm").status_code == 200
    assert books_agree(rental)
    assert sorted(charges_of(rental)) == [0, RATE]
    assert fresh(rental).payments_made == 1


def test_a_late_fee_is_charged_with_the_next_payment_of_autopay(clock, settings):
    settings.LATE_FEES = True
    rental = make_rental(signed=True, state="NY")
    turn_on(rental, LOST)
    nights(clock, [0, *range(5, 10)])
    assert installment(rental).late_fee.amount == Decimal("5.00")
    pay_next(rental, brings=RATE + 5)
    turn_on(rental, GOOD)
    nights(clock, [28])
    assert charges_of(rental) == [RATE + 5, RATE] and books_agree(rental)


def pay_next(rental, *, brings):
    answer = pay(rental)
    assert Decimal(str(answer.json()["receipt"]["amount"])) == brings


def test_a_fee_that_was_waived_between_two_tries_goes_back(clock, settings):
    settings.LATE_FEES = True
    rental = make_rental(signed=True, state="NY")
    nights(clock, [8])
    fee = installment(rental).late_fee
    turn_on(rental, NO_FUNDS)
    nights(clock, [9])
    assert Payment.objects.get(rental_payment__rental=rental).amount == RATE + 5
    fee.waived_at = datetime(2026, 2, 10, tzinfo=UTC)
    fee.save()
    salary_comes()
    nights(clock, [12])
    assert books_agree(rental)
    assert charges_of(rental) == [RATE]
    fee.refresh_from_db()
    assert fee.paid_with is None


def test_dry_run_shows_the_retry_on_its_day(rental, clock):
    turn_on(rental, NO_FUNDS)
    nights(clock, [0])
    assert command("charge_due_rentals", "--dry-run") == ""
    clock.move_to(datetime(2026, 2, 3, tzinfo=UTC))
    assert f"rental #{rental.pk}, due 2026-01-31: 49.99" in command("charge_due_rentals", "--dry-run")
    run_tasks()
    assert attempts_at(rental) == ["declined"]


def test_two_charges_at_once_do_not_both_ask_for_the_fee(clock, settings):
    settings.LATE_FEES = True
    rental = make_rental(signed=True, state="NY")
    nights(clock, [30])
    turn_on(rental)
    attempts = write_attempts_only()
    for attempt in attempts:
        permit(attempt=attempt)  # two workers are at it before either has charged
    work(*attempts)
    assert charges_of(rental) == [RATE + 5, RATE] and books_agree(rental)
    assert not Refund.objects.exists()
    assert not installment(rental).late_fee.is_open
