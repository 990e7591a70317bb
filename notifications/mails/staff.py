"""Mails to those who work here about money that wants to be looked at."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, ClassVar, Self, TypedDict

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import User
from accounts.roles import Role
from notifications.mails.base import Group, Mail, Recipient, Values
from notifications.mails.parts import page, usd
from notifications.mails.wording import day, localized_money, translated_note
from payments.models import Dispute, Payment, Refund, WebhookEvent
from payments.sellables import thing_of
from payments.signals import dispute_closed, dispute_opened, money_returned, refund_failed, webhook_parked

STAFF = Group("staff", gettext_lazy("The back office"), for_staff=True)
EVIDENCE = gettext_noop("The page of the dispute has the evidence as one file, to hand in at the payment provider.")
NO_EVIDENCE = gettext_noop("What the payment was for is not known here, so there is no evidence to download.")
# How it ended, for the subject line and in a sentence.
ENDS = {
    Dispute.Status.WARNING_CLOSED: (
        gettext_noop("The bank's question about {amount} is closed"),
        gettext_noop("No money has moved."),
    ),
    Dispute.Status.PREVENTED: (
        gettext_noop("A dispute over {amount} was prevented"),
        gettext_noop("The payer's bank takes it no further."),
    ),
    Dispute.Status.WON: (
        gettext_noop("The dispute over {amount} is won"),
        gettext_noop("The bank decided for the shop."),
    ),
    Dispute.Status.LOST: (
        gettext_noop("The dispute over {amount} is lost"),
        gettext_noop("The money stays with the payer."),
    ),
}


class DisputeFacts(TypedDict):
    """Which dispute; `subject` is "" for a payment of which nothing is known."""

    headline: str
    subject: str
    payment_id: int
    customer: str
    admin_url: str


def admin_page(model: str, pk: int) -> str:
    """The address of a row in the back office; `model` as in payments_refund."""
    return page(reverse(f"admin:{model}_change", args=[pk]).lstrip("/"))


class StaffMail(Mail):
    """To all active users with one of the roles, with the address of `about` in the back office."""

    group = STAFF
    notice_link = "admin_url"
    roles: ClassVar[Collection[str]] = frozenset({Role.ADMIN})

    def __init__(self, about: Model, *, event: str) -> None:
        self.event = event
        self.admin_url = admin_page(f"{about._meta.app_label}_{about._meta.model_name}", about.pk)

    def recipients(self) -> Iterable[Recipient]:
        staff = User.objects.filter(role__in=self.roles, is_active=True).order_by("pk")
        return [Recipient(user.email, user) for user in staff]


class WebhookParked(StaffMail):
    """A gateway's event was parked and waits for staff."""

    kind = "staff_webhook_parked"
    required = True
    signal, sender = webhook_parked, WebhookEvent

    class Context(TypedDict):
        kind: str
        event_id: str
        error: str
        admin_url: str

    def __init__(self, *, event: WebhookEvent, **_: Any) -> None:
        super().__init__(event, event=f"webhook:{event.pk}:{event.attempts}")
        self.parked = event

    def context(self) -> Context:
        parked, error = self.parked, self.parked.error[:500]
        return {"kind": parked.kind, "event_id": parked.event_id, "error": error, "admin_url": self.admin_url}

    @classmethod
    def example(cls) -> Context:
        return {
            "kind": "payment_intent.succeeded",
            "event_id": "evt_9",
            "error": "AmountMismatch: 1.00 EUR for 599.99 USD.",
            "admin_url": admin_page("payments_webhookevent", 9),
        }


class MoneyReturned(StaffMail):
    """Money arrived for what can no longer be paid, and is refunded."""

    kind = "staff_money_returned"
    required = False
    signal, sender = money_returned, Payment

    class Context(TypedDict):
        payment_id: int
        amount: str
        customer: str
        why: str
        admin_url: str

    def __init__(self, *, payment: Payment, reason: str, **_: Any) -> None:
        super().__init__(payment, event=f"returned:{payment.pk}")
        self.payment, self.reason = payment, reason

    def context(self) -> Context:
        return {
            "payment_id": self.payment.pk,
            "amount": localized_money(self.payment.amount, self.payment.currency),
            "customer": self.payment.user.email,
            "why": translated_note(self.reason),
            "admin_url": self.admin_url,
        }

    @classmethod
    def example(cls) -> Context:
        return {
            "payment_id": 9,
            "amount": usd("599.99"),
            "customer": "ada@example.com",
            "why": translated_note("Order #12 could no longer be paid"),
            "admin_url": admin_page("payments_payment", 9),
        }


class RefundFailed(StaffMail):
    """The gateway refused a refund for good."""

    kind = "staff_refund_failed"
    required = True
    signal, sender = refund_failed, Refund

    class Context(MoneyReturned.Context):
        error: str

    def __init__(self, *, refund: Refund, **_: Any) -> None:
        super().__init__(refund, event=f"refund-failed:{refund.pk}")
        self.refund = refund

    def context(self) -> Context:
        payment = self.refund.payment
        return {
            "payment_id": payment.pk,
            "amount": localized_money(self.refund.amount, payment.currency),
            "customer": payment.user.email,
            "why": translated_note(self.refund.reason),
            "error": self.refund.failure_message,
            "admin_url": self.admin_url,
        }

    @classmethod
    def example(cls) -> Context:
        error = "Charge ch_1 has been charged back; cannot issue a refund."
        return {**MoneyReturned.example(), "error": error, "admin_url": admin_page("payments_refund", 4)}


class DisputeMail(StaffMail):
    """A bank's question about a payment, or money that it takes back."""

    def __init__(self, dispute: Dispute, *, event: str) -> None:
        super().__init__(dispute, event=event)
        self.dispute = dispute

    def facts(self, headline: str) -> DisputeFacts:
        """Which dispute, under the headline with its amount."""
        dispute, thing = self.dispute, thing_of(self.dispute.payment)
        return {
            "headline": headline.format(amount=localized_money(dispute.amount, dispute.currency)),
            "subject": translated_note(str(thing)) if thing else "",
            "payment_id": dispute.payment_id,
            "customer": dispute.payment.user.email,
            "admin_url": self.admin_url,
        }

    @classmethod
    def example_facts(cls, headline: str) -> DisputeFacts:
        return {
            "headline": headline.format(amount=usd("599.99")),
            "subject": translated_note("Order #12"),
            "payment_id": 9,
            "customer": "ada@example.com",
            "admin_url": admin_page("payments_dispute", 9),
        }


class DisputeOpened(DisputeMail):
    """A bank asks about a payment or disputes it: until when it wants an answer, and where the evidence is."""

    kind = "staff_dispute"
    required = True
    signal, sender = dispute_opened, Dispute

    class Context(DisputeFacts):
        reason: str
        due: str
        evidence: str

    @classmethod
    def from_signal(cls, *, dispute: Dispute, **_: Any) -> Self | None:
        stage = "question" if dispute.is_question else "dispute"
        return cls(dispute, event=f"dispute:{dispute.pk}:{stage}") if dispute.is_open else None

    def context(self) -> Context:
        dispute = self.dispute
        headline = _("A bank asks about {amount}") if dispute.is_question else _("{amount} is disputed")
        return {
            **self.facts(headline),
            "reason": dispute.reason.replace("_", " "),
            "due": day(dispute.evidence_due_at.date()) if dispute.evidence_due_at else "",
            "evidence": _(EVIDENCE if thing_of(dispute.payment) else NO_EVIDENCE),
        }

    @classmethod
    def example(cls) -> Context:
        facts = cls.example_facts(_("{amount} is disputed"))
        due = day(date(2026, 11, 28))
        return {**facts, "reason": "product not received", "due": due, "evidence": _(EVIDENCE)}

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"dispute_of_nothing": {"subject": "", "reason": "", "due": "", "evidence": _(NO_EVIDENCE)}}


class DisputeClosed(DisputeMail):
    """A dispute ended, and how. Once for each end, since a question that was closed may still become a dispute."""

    kind = "staff_dispute_closed"
    required = True
    signal, sender = dispute_closed, Dispute

    class Context(DisputeFacts):
        what: str

    @classmethod
    def from_signal(cls, *, dispute: Dispute, **_: Any) -> Self | None:
        return cls(dispute, event=f"dispute:{dispute.pk}:{dispute.status}")

    def context(self) -> Context:
        headline, what = ENDS[Dispute.Status(self.dispute.status)]
        return {**self.facts(_(headline)), "what": _(what)}

    @classmethod
    def example(cls) -> Context:
        headline, what = ENDS[Dispute.Status.LOST]
        return {**cls.example_facts(_(headline)), "what": _(what)}
