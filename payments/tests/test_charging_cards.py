"""Saved cards in the sandbox: charged while their owner is away, once, or not at all."""

import uuid
from decimal import Decimal

import pytest

from accounts.tests.factories import UserFactory
from core.testing.client import ApiClient
from payments import services
from payments.cards import services as cards
from payments.cards.declines import Decline, kind_of
from payments.models import GatewayCustomer, Payment, SandboxIntent, SavedCard
from payments.tests.shop import (
    ALWAYS_ASKS,
    ASKS,
    DECLINED_LATER,
    EXPIRED,
    GOOD,
    LOST,
    NO_FUNDS,
    PaymentSignals,
    payment_of,
    save_card,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    save_card()  # another user's, which could be taken for the user's
    return UserFactory()


@pytest.fixture
def api(user):
    return ApiClient().login_as(user)


def test_a_good_card_is_charged_once_however_often(user):
    card, payment = save_card(user), payment_of(user)
    with PaymentSignals() as told:
        charged = [cards.charge_saved_card(payment=payment, card=card, attempt=name) for name in ("1", "1", "2")]
    assert {(each.status, each.charge_id, each.amount) for each in charged} == {
        ("succeeded", SandboxIntent.objects.get().charge_id, Decimal("49.99"))
    }
    assert told == ["settled"]
    assert SandboxIntent.objects.get().confirm_keys == [f"payment-{payment.key.hex}-1"]


@pytest.mark.parametrize(
    ("number", "status", "code", "kind"),
    [
        (DECLINED_LATER, "failed", "generic_decline", Decline.SOFT),
        (NO_FUNDS, "failed", "insufficient_funds", Decline.SOFT),
        (LOST, "failed", "lost_card", Decline.HARD),
        (EXPIRED, "failed", "expired_card", Decline.HARD),
        (ASKS, "requires_action", "authentication_required", Decline.AUTHENTICATION),
        (ALWAYS_ASKS, "requires_action", "authentication_required", Decline.AUTHENTICATION),
    ],
)
def test_a_bad_card_says_why(user, number, status, code, kind):
    payment = cards.charge_saved_card(payment=payment_of(user), card=save_card(user, number), attempt="1")
    assert (payment.status, payment.failure_code, kind_of(payment.failure_code)) == (status, code, kind)
    assert payment.failure_message
    assert payment.charge_id == ""


def test_the_same_attempt_is_one_try_and_the_next_one_tells_its_own_reason(user):
    payment = payment_of(user)
    poor, lost, good = (save_card(user, number) for number in (NO_FUNDS, LOST, GOOD))
    with PaymentSignals() as told:
        assert cards.charge_saved_card(payment=payment, card=poor, attempt="1").failure_code == "insufficient_funds"
        assert cards.charge_saved_card(payment=payment, card=good, attempt="1").status == "failed"
        assert cards.charge_saved_card(payment=payment, card=lost, attempt="2").failure_code == "lost_card"
        assert cards.charge_saved_card(payment=payment, card=good, attempt="3").status == "succeeded"
    assert told == ["failed", "settled"]
    assert Payment.objects.get(pk=payment.pk).failure_code == ""


def test_a_customer_who_was_asked_for_pays_the_same_intent(user, api):
    payment = cards.charge_saved_card(payment=payment_of(user), card=save_card(user, ASKS), attempt="1")
    path = f"payments/sandbox/{payment.intent_id}/pay"
    assert api.post(path, {"card": ASKS}).json()["status"] == "requires_action"
    unfinished = cards.charge_saved_card(payment=payment, card=save_card(user), attempt="2")
    assert unfinished.status == "requires_action"  # no charge while the customer is at it
    assert api.post(path, {"card": ASKS, "authenticate": True}).json()["status"] == "succeeded"
    assert cards.charge_saved_card(payment=payment, card=save_card(user), attempt="3").status == "succeeded"
    assert SandboxIntent.objects.filter(status="succeeded").count() == 1


def test_an_intent_from_before_the_card_was_saved_is_charged(user):
    payment = services.ensure_intent(payment=payment_of(user))
    assert cards.charge_saved_card(payment=payment, card=save_card(user), attempt="1").status == "succeeded"
    assert SandboxIntent.objects.get().customer_id == GatewayCustomer.objects.get(user=user).customer_id


def test_money_that_was_paid_unheard_is_only_written_down(user, api):
    payment = services.ensure_intent(payment=payment_of(user))
    api.post(f"payments/sandbox/{payment.intent_id}/pay", {"card": GOOD})
    assert cards.charge_saved_card(payment=payment, card=save_card(user), attempt="1").status == "succeeded"
    assert SandboxIntent.objects.get().confirm_keys == []


def test_somebody_elses_card_pays_nothing(user):
    theirs = SavedCard.objects.get()
    with pytest.raises(cards.CardNotUsable):
        cards.charge_saved_card(payment=payment_of(user), card=theirs, attempt="1")
    assert not SandboxIntent.objects.exists()


@pytest.mark.parametrize("after", [None, NO_FUNDS, ASKS, "begun"])
def test_a_stopped_payment_stays_stopped(user, after):
    payment = payment_of(user)
    if after == "begun":
        services.ensure_intent(payment=payment)
    elif after:
        payment = cards.charge_saved_card(payment=payment, card=save_card(user, after), attempt="1")
    assert services.cancel_intent(payment=payment).status == "cancelled"
    assert cards.charge_saved_card(payment=payment, card=save_card(user), attempt="2").status == "cancelled"
    assert {intent.status for intent in SandboxIntent.objects.all()} <= {"canceled"}


def test_stopping_reaches_an_intent_that_was_made_meanwhile(user):
    payment = payment_of(user)
    stale = Payment.objects.get(pk=payment.pk)
    services.ensure_intent(payment=payment)
    assert services.cancel_intent(payment=stale).status == "cancelled"
    assert SandboxIntent.objects.get().status == "canceled"


def test_a_derived_key_opens_one_payment(user):
    key = uuid.uuid5(uuid.NAMESPACE_URL, "rental/1/installment/1")
    first = payment_of(user, key=key)
    again = payment_of(user, "1.00", key=key)
    assert (again, again.amount, first.idempotency_key) == (first, first.amount, f"payment-{key.hex}")
    assert payment_of(user) != payment_of(user)
    assert services.cancel_intent(payment=first).status == payment_of(user, key=key).status == "cancelled"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (DECLINED_LATER, "Your card was declined."),
        (NO_FUNDS, "Your card has insufficient funds."),
        (LOST, "Your card was declined."),
        (EXPIRED, "Your card has expired."),
    ],
)
def test_the_cards_work_in_the_ordinary_browser_too(user, api, number, message):
    payment = services.ensure_intent(payment=payment_of(user))
    answer = api.post(f"payments/sandbox/{payment.intent_id}/pay", {"card": number}).json()
    assert (answer["status"], answer["message"]) == ("declined", message)
