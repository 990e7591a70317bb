"""Charges on bad days: no gateway, a defect, a card that is gone, news that come early, late or twice."""

from datetime import date, timedelta
from unittest import mock
from uuid import uuid5

import pytest
from django.utils import timezone

from payments import inbox
from payments.cards import wallet
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox.vault import SandboxVault
from payments.models import SandboxIntent, SavedCard
from payments.services import open_payment
from rentals.autopay import charging
from rentals.autopay.consents import record_consent
from rentals.lifecycle.services import return_rental
from rentals.models import ChargeAttempt
from rentals.money.paying import AUTOPAY_KEYS
from rentals.tests.charging.attempts import (
    attempts_at,
    lose_leases,
    one_charge,
    queued,
    signalled,
    work,
    write_attempts_only,
)
from rentals.tests.factories import make_rental
from rentals.tests.shop import RATE, books_agree, charges_of, installment, night, pay, turn_off, turn_on

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-01-31T09:00:00Z")]


def test_without_a_gateway_the_try_waits_and_is_no_decline(rental, clock):
    with (
        mock.patch.object(SandboxVault, "charge", side_effect=GatewayUnavailable),
        signalled(rental, "paid", "failed") as received,
    ):
        for _ in range(5):
            night()
            clock.shift(timedelta(days=1))
    assert (attempts_at(rental), received) == (["queued"], [])
    night()
    assert one_charge(rental)
    assert attempts_at(rental) == ["succeeded"]


def test_one_try_that_fails_does_not_hold_up_the_others(rental, clock, caplog):
    others = [make_rental(signed=True) for _ in range(2)]
    for other in others:
        turn_on(other)
    broken = installment(rental).pk
    real = charging.charge

    def charge(attempt):
        if attempt.installment_id == broken:
            raise RuntimeError("a defect")
        real(attempt)

    with mock.patch.object(charging, "charge", charge):
        night()
    assert "a defect" in caplog.text
    assert [charges_of(other) for other in others] == [[RATE]] * 2
    assert attempts_at(rental) == ["queued"]
    clock.shift(charging.LEASE + timedelta(seconds=1))
    night()
    assert one_charge(rental)


@pytest.mark.parametrize("when", ["before", "while", "after"])
def test_the_webhook_may_tell_of_it_before_the_worker_or_after(rental, when):
    real = SandboxVault.charge

    def deliver():
        payload, signature = sandbox.signed_event(SandboxIntent.objects.get())
        assert (
            inbox.handle(inbox.receive(gateway="sandbox", payload=payload, signature=signature)).status == "handled"
        )

    def charge(self, **asked):
        intent = real(self, **asked)
        if when != "after":
            deliver()
        if when == "before":
            raise KeyboardInterrupt
        return intent

    attempts = write_attempts_only()
    with signalled(rental, "paid", "failed") as received:
        with mock.patch.object(SandboxVault, "charge", charge):
            try:
                work(*attempts)
            except KeyboardInterrupt:
                assert attempts_at(rental) == ["queued"]
        lose_leases()
        night()
        deliver()
    assert received == [("paid", 1)]
    assert one_charge(rental)
    assert attempts_at(rental) == ["succeeded"]


def test_a_gateway_that_is_still_at_it_is_waited_for(rental):
    """The intent is under way at the bank: no decline, no second charge; the webhook or the next run tells."""
    real = SandboxVault.charge

    def charge(self, **asked):
        real(self, **asked)
        SandboxIntent.objects.update(status="processing")
        return sandbox.SandboxGateway().retrieve_intent(asked["intent"].id)

    with mock.patch.object(SandboxVault, "charge", charge):
        night()
    lose_leases()
    night()
    assert (attempts_at(rental), installment(rental).state) == (["queued"], "open")
    SandboxIntent.objects.update(status="succeeded")
    lose_leases()
    night()
    assert one_charge(rental)
    assert attempts_at(rental) == ["succeeded"]


def test_a_card_that_is_gone_fails_without_the_gateway_and_says_so(rental, clock):
    SavedCard.objects.update(removed_at=timezone.now(), default_of=None)  # as if autopay had missed it
    with signalled(rental, "paid", "failed") as received:
        night()
        night(date(2026, 2, 20), clock)
    assert received == [("failed", 1)]
    attempt = ChargeAttempt.objects.get()
    assert (attempt.status, attempt.failure_code, charges_of(rental)) == ("declined", "card_not_usable", [])
    turn_on(rental)
    night()
    assert one_charge(rental)


@pytest.mark.parametrize("gone", ["removed", "forgotten", "returned", "off"])
def test_money_that_was_taken_is_found_whatever_happened_since(rental, gone):
    """The worker died after the charge. What would now be refused or dropped is first looked up at the gateway."""
    real = SandboxVault.charge

    def charge(self, **asked):
        real(self, **asked)
        raise KeyboardInterrupt

    with mock.patch.object(SandboxVault, "charge", charge), pytest.raises(KeyboardInterrupt):
        work(*write_attempts_only())
    assert installment(rental).state == "open"
    lose_leases()
    card = rental.autopays.get().card
    if gone == "removed":
        wallet.remove_card(card=card)
    elif gone == "forgotten":
        SandboxVault().forget(card.payment_method_id)
    elif gone == "off":
        turn_off(rental)
    else:
        with mock.patch.object(sandbox.SandboxGateway, "cancel_intent", side_effect=GatewayUnavailable):
            return_rental(rental=rental)
    with (
        signalled(rental, "paid", "failed") as received,
        mock.patch.object(sandbox.SandboxGateway, "retrieve_intent", side_effect=GatewayUnavailable),
    ):
        work(*queued())
    assert (attempts_at(rental), received) == (["queued"], [])  # nobody could ask: nothing is decided
    lose_leases()
    night()
    assert books_agree(rental) and not queued()
    if gone == "returned":
        assert (charges_of(rental), installment(rental).state) == ([0], "closed")
        assert attempts_at(rental) == ["dropped"]
    else:
        assert one_charge(rental)
        assert attempts_at(rental) == ["succeeded"]


def test_an_intent_that_was_cancelled_at_the_gateway_is_told_of(rental, clock):
    """It can never be paid, so autopay has no way left; the customer pays by hand."""
    with mock.patch.object(SandboxVault, "charge", side_effect=GatewayRefused("No.")):
        night()
    attempt = ChargeAttempt.objects.get()
    assert (attempt.status, attempt.failure_code, attempt.failure_message) == ("declined", "gateway_refused", "No.")
    SandboxIntent.objects.update(status="canceled")
    clock.shift(timedelta(seconds=1))
    with signalled(rental, "paid", "failed") as received:
        turn_on(rental)
        night()
    assert received == [("failed", 1)]
    assert attempts_at(rental) == ["declined", "needs_customer"]
    pay(rental)
    assert installment(rental).state == "paid" and books_agree(rental)


def test_a_declined_try_with_a_card_that_was_replaced_meanwhile_is_made_again(rental, clock):
    """The new card came while the old one was being tried: nothing is given up, and nothing told."""
    turn_on(rental, "4000000000009987")
    clock.shift(timedelta(seconds=1))
    real = SandboxVault.charge

    def charge(self, **asked):
        intent = real(self, **asked)
        clock.shift(timedelta(seconds=1))
        turn_on(rental)
        return intent

    with signalled(rental, "paid", "failed") as received, mock.patch.object(SandboxVault, "charge", charge):
        work(*write_attempts_only())
    assert (attempts_at(rental), received) == (["declined"], [])
    night()
    assert one_charge(rental)


def test_consent_needs_a_running_rental_at_the_moment_of_writing(rental):
    """Between the first look and the lock somebody may return it."""
    card = rental.autopays.get().card
    return_rental(rental=rental)
    with pytest.raises(Exception, match="Autopay needs a signed, running rental"):
        record_consent(rental_id=rental.pk, card=card, ip="")


def test_the_key_follows_from_contract_and_installment(rental):
    """A database restored from yesterday asks the gateway under the same key, and no card is charged again."""
    night()
    payment = installment(rental).paid_with.payment
    assert payment.key == uuid5(AUTOPAY_KEYS, f"rental {rental.pk} installment 1")
    assert SandboxIntent.objects.get().idempotency_key.startswith(payment.idempotency_key)
    saved = {"amount": payment.amount, "currency": "USD", "user": payment.user, "gateway": payment.gateway}
    assert open_payment(key=payment.key, **saved) == payment
