"""The provider's tracking of our mails: each event kept once, in whatever order it comes."""

import hashlib
import json
import logging
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from core.db import transactional
from notifications.models import Email, EmailEvent, Suppression
from notifications.outbox.failures import ENHANCED, names_bad_address
from notifications.outbox.suppressions import stop

logger = logging.getLogger(__name__)

# What an event means for the mail; any other is only kept: deferred, a robot's reply, a click on "unsubscribe".
STATUSES = {
    EventType.QUEUED: Email.Status.SENT,
    EventType.SENT: Email.Status.SENT,
    EventType.DELIVERED: Email.Status.DELIVERED,
    EventType.OPENED: Email.Status.OPENED,
    EventType.CLICKED: Email.Status.OPENED,
    EventType.BOUNCED: Email.Status.BOUNCED,
    EventType.REJECTED: Email.Status.FAILED,
    EventType.FAILED: Email.Status.FAILED,
    EventType.COMPLAINED: Email.Status.COMPLAINED,
}
# Reasons for which a provider refuses a mail that mean that the address does not work.
NO_SUCH_ADDRESS = (RejectReason.BOUNCED, RejectReason.INVALID)
# How providers call a bounce that may not happen the next time: Anymail has one word for both.
SOFT = ("soft", "transient")


@receiver(tracking, dispatch_uid="notifications.outbox.tracking")
def listen(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Anymail verified and read a provider's webhook; one call for each event in it."""
    record(event=event, provider=esp_name)


@transactional
def record(*, event: AnymailTrackingEvent, provider: str) -> EmailEvent | None:
    """Keep the event and move the mail to its status; a hard bounce or a complaint stops the address.

    Returns None for a mail that is not ours, and for an event that was kept before.
    """
    email = mail_of(event)
    if email is None:
        logger.info("%s tracks a mail that is not ours: %s", provider, event.event_type)
        return None
    try:
        with transaction.atomic():
            kept = EmailEvent.objects.create(
                email=email,
                key=key_of(event, provider=provider),
                provider=provider[:30],
                kind=str(event.event_type)[:20],
                detail=email.without_secret(detail_of(event)),
                occurred_at=event.timestamp or timezone.now(),
            )
    except IntegrityError:
        return None
    act_on(event, email, kept)
    return kept


def mail_of(event: AnymailTrackingEvent) -> Email | None:
    """The mail that the event is about, locked: by our own mark, else by the provider's id."""
    mark, given = (event.metadata or {}).get("mail"), event.message_id
    found = [Q(message_id=mark)] if isinstance(mark, str) and mark else []
    if isinstance(given, str) and given:
        found += [Q(provider_id=given), Q(message_id=given)]
    for question in found:
        if email := Email.objects.select_for_update().filter(question).first():
            return email
    return None


def act_on(event: AnymailTrackingEvent, email: Email, kept: EmailEvent) -> None:
    """Move the mail to the event's status, and stop the address if the event shows that it takes no mail."""
    status = STATUSES.get(event.event_type)
    if reason := stopping_reason(event):
        stop(address=email.recipient, reason=reason, detail=kept.detail, email=email)
        status = Email.Status.COMPLAINED if reason == Suppression.Reason.COMPLAINT else Email.Status.BOUNCED
    if status:
        email.apply_tracking_status(status, at=kept.occurred_at, why=kept.detail or kept.kind)


def stopping_reason(event: AnymailTrackingEvent) -> str | None:
    """Why the address is to be stopped, if it is: a complaint, or a bounce that is about the address."""
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        return Suppression.Reason.COMPLAINT
    refused = event.event_type in (EventType.BOUNCED, EventType.REJECTED) and event.reject_reason in NO_SUCH_ADDRESS
    return Suppression.Reason.BOUNCE if refused and not is_soft(event) else None


def is_soft(event: AnymailTrackingEvent) -> bool:
    """Whether the bounce may not happen the next time, as far as the provider or the recipient's server tells."""
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    words = " ".join(str(word) for word in (event.description, raw.get("Type"), raw.get("type"), raw.get("event")))
    reply = str(event.mta_response or "")
    return any(word in words.lower() for word in SOFT) or bool(
        ENHANCED.search(reply) and not names_bad_address(reply)
    )


def detail_of(event: AnymailTrackingEvent) -> str:
    """The provider's and the recipient's server's words, for staff."""
    texts = dict.fromkeys(str(text).strip() for text in (event.description, event.mta_response) if text)
    return " | ".join(texts)[:2000]


def key_of(event: AnymailTrackingEvent, *, provider: str) -> str:
    """The event's one name: its id or, where a provider gives none, what it consists of.

    Hashed, because ids have any length, and MySQL compares text without regard to case.
    """
    moment = event.timestamp.isoformat() if event.timestamp else ""
    identity = event.event_id or [event.message_id, event.event_type, event.recipient, moment, event.click_url]
    return hashlib.sha256(json.dumps([provider, identity]).encode()).hexdigest()
