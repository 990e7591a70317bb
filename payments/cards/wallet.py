"""A customer's saved cards: listing them, the default one, removing one. Every change locks the customer's row."""

from typing import Any

from django.utils import timezone

from core.db import transactional
from core.errors import DomainError, NotFound
from payments.gateways import keeping_cards, vault_named
from payments.models import GatewayCustomer, SavedCard
from payments.models.cards import SavedCardQuerySet
from payments.signals import card_removed


class CardNotFound(NotFound):
    """There is no such card of this user that could pay now."""

    message = "Payment method not found"


class CardNotUsable(DomainError):
    """The card was removed, or it cannot pay this: it is another user's or another gateway's."""

    code = "card_not_usable"
    message = "This card cannot be used."


def cards_of(user: Any) -> SavedCardQuerySet:
    """The cards that the user can pay with now, newest first."""
    return SavedCard.objects.visible_to(user).kept().filter(gateway__in=keeping_cards())


def find_card(*, user: Any, card_id: int) -> SavedCard:
    """The user's card. Raises CardNotFound, also for another user's, a removed one and another gateway's."""
    card = cards_of(user).filter(pk=card_id).select_related("customer").first()
    if card is None:
        raise CardNotFound
    return card


@transactional
def make_default(*, user: Any, card_id: int) -> SavedCard:
    """Make this card the default in place of the present one. Raises CardNotFound."""
    lock_cards(find_card(user=user, card_id=card_id).customer)
    card = find_card(user=user, card_id=card_id)
    if not card.is_default:
        set_default(card)
    return card


def remove_card(*, card: SavedCard) -> SavedCard:
    """Remove the card at the gateway, then here. Removing it again does nothing. Outside of transactions.

    Raises GatewayUnavailable, and it stays.
    """
    if card.removed_at is None:
        vault_named(card.gateway).forget(card.payment_method_id)
        write_removed(card)
    return card


@transactional
def write_removed(card: SavedCard) -> None:
    """The part of `remove_card` that is all in the database; the newest card left takes over as the default."""
    lock_cards(card.customer)
    card.refresh_from_db()
    if card.removed_at is not None:
        return
    was_default = card.is_default
    card.removed_at, card.default_of = timezone.now(), None
    card.save(update_fields=["removed_at", "default_of"])
    next_default = SavedCard.objects.kept().filter(customer=card.customer_id).first()
    if was_default and next_default is not None:
        set_default(next_default)
    card_removed.send(sender=SavedCard, card=card)


def lock_usable_card(card: SavedCard) -> None:
    """Keep the card from being removed until the transaction ends. Raises CardNotUsable when it was."""
    lock_cards(card.customer)
    if not SavedCard.objects.kept().filter(pk=card.pk).exists():
        raise CardNotUsable("This card was removed.")


def lock_cards(customer: GatewayCustomer) -> None:
    """Lock this customer's cards until the transaction ends."""
    GatewayCustomer.objects.select_for_update().get(pk=customer.pk)


def set_default(card: SavedCard) -> None:
    """Make the card its customer's default, under the lock of their cards."""
    SavedCard.objects.filter(default_of=card.customer_id).update(default_of=None)
    card.default_of = card.customer
    card.save(update_fields=["default_of"])
