"""Saved cards: saving them, and charging while their owner is away. No number ever comes here."""

from typing import Any

from core.db import transactional
from core.errors import DomainError, NotFound
from payments import services
from payments.cards.wallet import CardNotUsable, lock_cards, set_default
from payments.gateways import NoGateway, gateway_named, keeping_cards, vault_named
from payments.gateways.base import declined_with
from payments.gateways.vault import Card
from payments.models import CardSetup, GatewayCustomer, Payment, SavedCard


class SetupNotFound(NotFound):
    """There is no such setup of this user."""

    message = "Card setup not found"


class CardNotSaved(DomainError):
    """The gateway has no card from this setup; after a decline `details` has its code."""

    code = "card_not_saved"
    message = "The card has not been saved."


def start_setup(*, user: Any) -> CardSetup:
    """A new try to save a card, for the customer's browser. Outside of transactions.

    Raises NoGateway, GatewayUnavailable, GatewayRefused.
    """
    gateway = next(iter(keeping_cards()), None)
    if gateway is None:
        raise NoGateway("No card can be saved at the moment.")
    customer = ensure_customer(user=user, gateway=gateway)
    setup = vault_named(gateway).start_setup(customer_id=str(customer.customer_id))
    return CardSetup.objects.create(
        user=user, gateway=gateway, setup_id=setup.id, client_secret=setup.client_secret, status=setup.status
    )


def ensure_customer(*, user: Any, gateway: str) -> GatewayCustomer:
    """The user's account at the gateway, made now unless it was before; its idempotency key allows one."""
    customer, _ = GatewayCustomer.objects.get_or_create(user=user, gateway=gateway)
    if customer.customer_id is None:
        made = vault_named(gateway).create_customer(reference=str(user.pk), idempotency_key=customer.idempotency_key)
        GatewayCustomer.objects.filter(pk=customer.pk, customer_id=None).update(customer_id=made)
        customer.refresh_from_db()
    return customer


def finish_setup(*, user: Any, setup_id: str) -> SavedCard:
    """As `add_card`; the card alone."""
    card, _ = add_card(user=user, setup_id=setup_id)
    return card


def add_card(*, user: Any, setup_id: str) -> tuple[SavedCard, bool]:
    """The card that the browser saved with this setup, and whether it is new. Outside of transactions.

    The gateway has the last word. However often it is asked, it is the same card. Raises SetupNotFound (also for
    another user's), CardNotSaved with the gateway's reason, CardNotUsable once the card was removed,
    GatewayUnavailable.
    """
    setup = CardSetup.objects.filter(user=user, setup_id=setup_id).first()
    if setup is None:
        raise SetupNotFound
    theirs = vault_named(setup.gateway).read_setup(setup.setup_id)
    CardSetup.objects.filter(pk=setup.pk).update(status=theirs.status)
    if theirs.card is None or theirs.status != CardSetup.Status.SUCCEEDED:
        raise CardNotSaved(theirs.failure_message or None, details=declined_with(theirs.failure_code))
    customer = ensure_customer(user=user, gateway=setup.gateway)
    card, is_new = write_card(customer, theirs.card)
    if card.removed_at:
        raise CardNotUsable("This card was removed.")
    return card, is_new


@transactional
def write_card(customer: GatewayCustomer, card: Card) -> tuple[SavedCard, bool]:
    """Our row of the card, and whether it was written now; a customer's only card is their default."""
    lock_cards(customer)
    fields = {
        "user": customer.user,
        "customer": customer,
        "brand": card.brand,
        "last4": card.last4,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
    }
    saved, is_new = SavedCard.objects.get_or_create(
        gateway=customer.gateway, payment_method_id=card.payment_method_id, defaults=fields
    )
    if is_new and not SavedCard.objects.filter(default_of=customer).exists():
        set_default(saved)
    return saved, is_new


def charge_saved_card(*, payment: Payment, card: SavedCard, attempt: str) -> Payment:
    """Charge the payment to a saved card while its owner is away. Outside of transactions.

    The payment has one intent, and an intent pays once: however often this runs, in however many places, wherever
    it dies, there is one charge at most. `attempt` (up to 40 characters) names the try: while the gateway remembers
    it, at Stripe for 24 hours, the same one is not put to the bank again; the next try is another attempt.

    Afterwards the payment is succeeded; processing; failed, with the decline's `failure_code` (see
    `payments.cards.declines`); or requires_action: the bank wants the customer, who pays it as any other payment. One
    that was settled or cancelled stays so. Raises CardNotUsable; GatewayRefused when the gateway has no such card;
    GatewayUnavailable, and nothing has changed here.
    """
    usable = usable_card(payment, card)
    customer_id = str(usable.customer.customer_id)
    payment.refresh_from_db()
    if payment.is_open:
        payment = services.ensure_intent(payment=payment, customer_id=customer_id)
    if not payment.is_open:
        return payment
    intent = gateway_named(payment.gateway).retrieve_intent(str(payment.intent_id))
    if intent is None:
        return payment
    if intent.waits_for_a_card:
        intent = vault_named(payment.gateway).charge(
            intent=intent,
            customer_id=customer_id,
            payment_method_id=usable.payment_method_id,
            idempotency_key=f"{payment.idempotency_key}-{attempt}",
        )
    return services.apply_intent(payment_id=payment.pk, intent=intent)


def usable_card(payment: Payment, card: SavedCard) -> SavedCard:
    """The card as it is now, with its customer. Raises CardNotUsable."""
    usable = SavedCard.objects.kept().filter(pk=card.pk, user=payment.user_id, gateway=payment.gateway)
    found = usable.select_related("customer").first()
    if found is None:
        raise CardNotUsable
    return found
