"""Mails to those who work here: about money that wants to be looked at, and what is to be bought."""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Model
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role
from catalog.models import Product
from core.signals import dispute_closed, dispute_opened, money_returned, refund_failed, stock_low, webhook_parked
from notifications.contexts import page
from notifications.mails.formatting import money
from notifications.mails.notes import in_words
from notifications.outbox.queueing import Context, queue
from notifications.staff_contexts import closed_dispute, open_dispute
from payments.models import Dispute, Payment, Refund, WebhookEvent

ADMINS = frozenset({Role.ADMIN})


@receiver(webhook_parked, sender=WebhookEvent)
def tell_of_parked_event(*, event: WebhookEvent, **_: Any) -> None:
    """A gateway's event that nobody but staff can mend."""
    occasion = f"webhook:{event.pk}:{event.attempts}"
    told = {"kind": event.kind, "event_id": event.event_id, "error": event.error[:500]}
    owe_staff("staff_webhook_parked", about=event, occasion=occasion, context=lambda: told)


@receiver(money_returned, sender=Payment)
def tell_of_returned_money(*, payment: Payment, reason: str, **_: Any) -> None:
    """Money that arrived for what can no longer have it, and goes back."""

    def context() -> Context:
        amount = money(payment.amount, payment.currency)
        return {"payment_id": payment.pk, "amount": amount, "customer": payment.user.email, "why": in_words(reason)}

    owe_staff("staff_money_returned", about=payment, occasion=f"returned:{payment.pk}", context=context)


@receiver(refund_failed, sender=Refund)
def tell_of_failed_refund(*, refund: Refund, **_: Any) -> None:
    """Money that should have gone back, and stays here until somebody acts."""
    payment = refund.payment

    def context() -> Context:
        amount, why = money(refund.amount, payment.currency), in_words(refund.reason)
        about = {"payment_id": payment.pk, "amount": amount, "customer": payment.user.email, "why": why}
        return {**about, "error": refund.failure_message}

    owe_staff("staff_refund_failed", about=refund, occasion=f"refund-failed:{refund.pk}", context=context)


@receiver(dispute_opened, sender=Dispute)
def tell_of_dispute(*, dispute: Dispute, **_: Any) -> None:
    """A bank asks about a payment, or takes it back; once for each. One that is over by then needs nobody."""
    if dispute.is_open:
        occasion = f"dispute:{dispute.pk}:{'question' if dispute.is_question else 'dispute'}"
        owe_staff("staff_dispute", about=dispute, occasion=occasion, context=lambda: open_dispute(dispute))


@receiver(dispute_closed, sender=Dispute)
def tell_of_closed_dispute(*, dispute: Dispute, **_: Any) -> None:
    """How it ended; once for each end, since a question that was closed may still become a dispute."""
    occasion = f"dispute:{dispute.pk}:{dispute.status}"
    owe_staff("staff_dispute_closed", about=dispute, occasion=occasion, context=lambda: closed_dispute(dispute))


@receiver(stock_low, sender=Product)
def tell_of_low_stock(*, product: Product, **_: Any) -> None:
    """Little is left of a product. The signal comes once for each time that its count sinks to the level."""
    told = {"product": product.name, "sku": product.sku, "left": product.inventory_count}
    occasion = f"low-stock:{product.pk}:{timezone.now().isoformat()}"
    owe_staff("staff_low_stock", about=product, occasion=occasion, context=lambda: told, roles=STAFF_ROLES)


def owe_staff(
    kind: str,
    *,
    about: Model,
    occasion: str,
    context: Callable[[], Context],
    roles: Collection[str] = ADMINS,
) -> None:
    """Owe everybody active with one of these roles this mail, with the address of the row in the back office."""
    path = reverse(f"admin:{about._meta.app_label}_{about._meta.model_name}_change", args=[about.pk])
    url = page(path.lstrip("/"))
    for reader in User.objects.filter(role__in=roles, is_active=True).order_by("pk"):
        queue(
            kind=kind,
            event=occasion,
            recipient=reader.email,
            user=reader,
            context=lambda: {**context(), "admin_url": url},
        )
