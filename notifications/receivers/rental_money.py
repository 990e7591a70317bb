"""Mails about a rental's money: received, due, and not to be had."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from core.signals import autopay_failed, payment_reminder_due, refund_settled, rental_paid
from notifications import rental_money_contexts as contexts
from notifications.outbox.attachments import papers
from notifications.receivers.rental import owe, whole
from payments.models import Invoice, Refund
from rentals.models import ChargeAttempt, Installment, Reminder, Rental, RentalPayment

SOON = ("rental_payment_reminder", contexts.reminder)
LATE = ("rental_payment_late", contexts.late)


@receiver(rental_paid, sender=RentalPayment)
def send_receipt(*, rental: Rental, link: RentalPayment, **_: Any) -> None:
    """Owe the customer the receipt for money that was counted."""
    rental = whole(rental)
    invoice = Invoice.objects.filter(invoice_of=link.payment).first()
    now, number = timezone.now(), invoice.number if invoice else ""
    owe(
        rental,
        kind="rental_receipt",
        event=f"rental-payment:{link.pk}",
        context=lambda: {**contexts.receipt(rental, link, now=now), "invoice": number},
        files=papers([invoice]),
    )


@receiver(refund_settled, sender=Refund)
def tell_refunded(*, refund: Refund, **_: Any) -> None:
    """Owe the customer the news that money of their rental went back."""
    rental = Rental.objects.filter(rental_payments__payment=refund.payment).first()
    if rental is None:
        return
    note = Invoice.objects.filter(refund=refund).first()
    number = note.number if note else ""
    owe(
        whole(rental),
        kind="rental_refunded",
        event=f"refund:{refund.pk}",
        context=lambda: {**contexts.refunded(refund), "credit_note": number},
        files=papers([note]),
    )


@receiver(payment_reminder_due, sender=Reminder)
def remind(*, rental: Rental, installment: Installment, reminder: Reminder, **_: Any) -> None:
    """Owe the customer the reminder of this stage."""
    rental = whole(rental)
    now_due = next(one for one in rental.installments.all() if one.pk == installment.pk)
    # A reminder is a courtesy that can be switched off; that a payment is late has to be said.
    kind, tell = LATE if reminder.stage > 0 else SOON
    owe(rental, kind=kind, event=f"reminder:{reminder.pk}", context=lambda: tell(rental, now_due, reminder))


@receiver(autopay_failed, sender=ChargeAttempt)
def tell_failed(*, rental: Rental, installment: Installment, attempt: ChargeAttempt, **_: Any) -> None:
    """Owe the customer the news that their card was not charged."""
    event = f"charge-attempt:{attempt.pk}"
    owe(
        rental,
        kind="rental_payment_failed",
        event=event,
        context=lambda: contexts.failure(rental, installment, attempt),
    )
