"""What rentals do when money moves. All of it runs inside the transaction that moved it."""

from typing import Any

from django.dispatch import receiver

from payments.models import Dispute, Payment, Refund, SavedCard
from payments.signals import card_removed, dispute_opened, payment_settled, refund_failed
from rentals import refunding
from rentals.autopay import consents
from rentals.models import RentalPayment
from rentals.money.settling import count


@receiver(payment_settled, sender=Payment)
def count_payment(payment: Payment, **_: Any) -> None:
    """Count the money for the rental that it pays; payments for something else are not ours."""
    link = RentalPayment.objects.filter(payment=payment).first()
    if link is not None:
        link.payment = payment
        count(link)


@receiver(refund_failed, sender=Refund)
def let_go(refund: Refund, **_: Any) -> None:
    """Nothing went back: the late fee that it was for can be given back again."""
    refunding.let_go(refund=refund)


@receiver(card_removed, sender=SavedCard)
def end_autopay_of_card(card: SavedCard, **_: Any) -> None:
    """A card that was removed pays no rental any longer."""
    consents.end_with_card(card)


@receiver(dispute_opened, sender=Dispute)
def end_autopay_of_disputed(dispute: Dispute, **_: Any) -> None:
    """Whoever disputes a payment of a rental is not charged for it again, unless they turn autopay on anew."""
    link = RentalPayment.objects.filter(payment=dispute.payment_id).select_related("rental").first()
    if link is not None:
        consents.turn_off(rental=link.rental)
