"""Saved cards when everybody comes at once; twenty rounds each, since a race is a matter of luck."""

import pytest

from accounts.tests.factories import UserFactory
from core.testing.races import race
from payments import services
from payments.cards import services as cards
from payments.models import CardSetup, GatewayCustomer, Payment, SandboxCustomer, SandboxIntent, SavedCard
from payments.tests.shop import PaymentSignals, payment_of, save_card

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ROUNDS = range(20)


def fresh(payment):
    """Each thread has a row of its own, as each process would."""
    return Payment.objects.get(pk=payment.pk)


@pytest.mark.parametrize("attempts", [("1", "1"), ("1", "2"), ("1", "2", "3", "4")])
def test_two_charges_at_once_are_one(attempts):
    for _ in ROUNDS:
        card = save_card()
        payment = payment_of(card.user)

        def charge(attempt, payment=payment, card=card):
            return cards.charge_saved_card(payment=fresh(payment), card=card, attempt=attempt)

        with PaymentSignals() as told:
            results = race([lambda name=name: charge(name) for name in attempts])
        assert {result.status for result in results} == {"succeeded"}, results
        assert told == ["settled"]
        paid = SandboxIntent.objects.filter(status="succeeded", idempotency_key__startswith=payment.idempotency_key)
        assert len(paid.get().confirm_keys) == 1


def test_a_charge_and_a_stop_at_once_end_the_same_here_and_there():
    for _ in ROUNDS:
        card = save_card()
        payment = payment_of(card.user)
        results = race(
            [
                lambda payment=payment, card=card: cards.charge_saved_card(
                    payment=fresh(payment), card=card, attempt="1"
                ),
                lambda payment=payment: services.cancel_intent(payment=fresh(payment)),
            ]
        )
        assert not [result for result in results if isinstance(result, Exception)], results
        payment.refresh_from_db()
        theirs = SandboxIntent.objects.filter(intent_id=payment.intent_id).values_list("status", flat=True).first()
        assert (payment.status, theirs) in {
            ("succeeded", "succeeded"),
            ("cancelled", "canceled"),
            ("cancelled", "requires_payment_method"),  # stopped before it had an intent: nobody has its secret
            ("cancelled", None),
        }


def test_a_user_who_saves_two_cards_at_once_has_one_customer():
    for _ in ROUNDS:
        user = UserFactory()
        results = race([lambda user=user: save_card(user)] * 3)
        assert {type(result) for result in results} == {SavedCard}, results
        customer = GatewayCustomer.objects.get(user=user)
        assert {card.customer_id for card in results} == {customer.pk}
        assert SandboxCustomer.objects.filter(idempotency_key=customer.idempotency_key).count() == 1


def test_a_setup_that_is_finished_twice_at_once_is_one_card():
    for _ in ROUNDS:
        card = save_card()
        SavedCard.objects.all().delete()
        setup = CardSetup.objects.get(user=card.user)
        results = race([lambda setup=setup: cards.finish_setup(user=setup.user, setup_id=setup.setup_id)] * 3)
        assert {result.payment_method_id for result in results} == {card.payment_method_id}, results
        assert SavedCard.objects.count() == 1
