"""What the mails to the admins tell of a dispute."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from notifications.mails.formatting import day, money
from notifications.mails.notes import in_words
from payments.models import Dispute
from payments.subjects import subject_of

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


def open_dispute(dispute: Dispute) -> dict[str, Any]:
    """That a bank asks, until when it wants an answer, and where the evidence is to answer with."""
    amount = money(dispute.amount, dispute.currency)
    headline = _("A bank asks about {amount}") if dispute.is_question else _("{amount} is disputed")
    return {
        **which(dispute),
        "headline": headline.format(amount=amount),
        "reason": dispute.reason.replace("_", " "),
        "due": day(dispute.evidence_due_at.date()) if dispute.evidence_due_at else "",
        "evidence": _(EVIDENCE if subject_of(dispute.payment) else NO_EVIDENCE),
    }


def closed_dispute(dispute: Dispute) -> dict[str, Any]:
    """How it ended."""
    headline, what = ENDS[Dispute.Status(dispute.status)]
    amount = money(dispute.amount, dispute.currency)
    return {**which(dispute), "headline": _(headline).format(amount=amount), "what": _(what)}


def which(dispute: Dispute) -> dict[str, Any]:
    """What it is about; `subject` is "" for a payment that nobody knows the reason of."""
    subject = subject_of(dispute.payment)
    return {
        "subject": in_words(subject.label) if subject else "",
        "payment_id": dispute.payment_id,
        "customer": dispute.payment.user.email,
    }
