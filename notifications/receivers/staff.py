"""Mails to the admins, about money that wants to be looked at."""

from typing import Any

from django.db.models import Model
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from core.signals import dispute_closed, dispute_opened, money_returned, webhook_parked
from core.text import money
from notifications.contexts import page
from notifications.outbox import queue
from notifications.staff_contexts import closed_dispute, open_dispute
from payments.models import Dispute, Payment, WebhookEvent


@receiver(webhook_parked, sender=WebhookEvent)
def tell_of_parked_event(*, event: WebhookEvent, **_: Any) -> None:
    """A gateway's event that nobody but staff can mend."""
    context = {"kind": event.kind, "event_id": event.event_id, "error": event.error[:500]}
    owe_admins("staff_webhook_parked", about=event, occasion=f"webhook:{event.pk}:{event.attempts}", context=context)


@receiver(money_returned, sender=Payment)
def tell_of_returned_money(*, payment: Payment, reason: str, **_: Any) -> None:
    """Money that arrived for what can no longer have it, and goes back."""
    amount = money(payment.amount, payment.currency)
    context = {"payment_id": payment.pk, "amount": amount, "customer": payment.user.email, "why": reason}
    owe_admins("staff_money_returned", about=payment, occasion=f"returned:{payment.pk}", context=context)


@receiver(dispute_opened, sender=Dispute)
def tell_of_dispute(*, dispute: Dispute, **_: Any) -> None:
    """A bank asks about a payment, or takes it back; once for each. One that is over when we hear of it needs nobody."""
    if dispute.is_open:
        occasion = f"dispute:{dispute.pk}:{'question' if dispute.is_question else 'dispute'}"
        owe_admins("staff_dispute", about=dispute, occasion=occasion, context=open_dispute(dispute))


@receiver(dispute_closed, sender=Dispute)
def tell_of_closed_dispute(*, dispute: Dispute, **_: Any) -> None:
    """How it ended; once for each end, since a question that was closed may still become a dispute."""
    occasion = f"dispute:{dispute.pk}:{dispute.status}"
    owe_admins("staff_dispute_closed", about=dispute, occasion=occasion, context=closed_dispute(dispute))


def owe_admins(kind: str, *, about: Model, occasion: str, context: dict[str, Any]) -> None:
    """Owe every active admin this mail, with the address of the row in the back office."""
    path = reverse(f"admin:payments_{about._meta.model_name}_change", args=[about.pk])
    context["admin_url"] = page(path.lstrip("/"))
    for admin in User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk"):
        queue(kind=kind, event=occasion, recipient=admin.email, user=admin, context=context)
