"""Mails about a rental's money: received, due, and not to be had."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from core.signals import autopay_failed, payment_reminder_due, rental_paid
from notifications import rental_money_contexts as contexts
from notifications.attachments import papers
from notifications.receivers.rental import owe, whole
from payments.models import Invoice
from rentals.models import ChargeAttempt, Installment, Reminder, Rental, RentalPayment


@receiver(rental_paid, sender=RentalPayment)
def send_receipt(*, rental: Rental, link: RentalPayment, **_: Any) -> None:
    """Owe the customer the receipt for money that was counted."""
    rental = whole(rental)
    invoice = Invoice.objects.filter(invoice_of=link.payment).first()
    context = {
        **contexts.receipt(rental, link, now=timezone.now()),
        "invoice": invoice.number if invoice else "",
    }
    event = f"rental-payment:{link.pk}"
    owe(rental, kind="rental_receipt", event=event, context=context, files=papers([invoice]))


@receiver(payment_reminder_due, sender=Reminder)
def remind(*, rental: Rental, installment: Installment, reminder: Reminder, **_: Any) -> None:
    """Owe the customer the reminder of this stage."""
    rental = whole(rental)
    now_due = next(one for one in rental.installments.all() if one.pk == installment.pk)
    context = contexts.reminder(rental, now_due, reminder)
    owe(rental, kind="rental_payment_reminder", event=f"reminder:{reminder.pk}", context=context)


@receiver(autopay_failed, sender=ChargeAttempt)
def tell_failed(*, rental: Rental, installment: Installment, attempt: ChargeAttempt, **_: Any) -> None:
    """Owe the customer the news that their card was not charged."""
    context = contexts.failure(rental, installment, attempt)
    owe(rental, kind="rental_payment_failed", event=f"charge-attempt:{attempt.pk}", context=context)
