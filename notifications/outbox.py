"""The way into the outbox. Nobody in the shop sends a mail otherwise."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from core.tasks import enqueue
from notifications.attachments import Reference
from notifications.follow_ups import FOLLOW_UPS
from notifications.models import Email
from notifications.rendering import render
from notifications.tasks import send_email

logger = logging.getLogger(__name__)


def queue(
    *,
    kind: str,
    event: str,
    recipient: str,
    user: User | None,
    context: dict[str, Any],
    secret: str = "",
    attachments: Sequence[Reference] = (),
) -> None:
    """Owe `recipient` the mail of `kind` about `event`, if this transaction is committed.

    Owed already: nothing happens. `context` holds plain values under the keys of the kind; where a link needs
    the `secret`, it has rendering.SECRET_MARK. The `attachments` are fetched when it is sent. A mail that cannot
    be rendered is parked with the error, and what caused it goes on.
    """
    email = Email(kind=kind, event=event, recipient=recipient, user=user, context=context, secret=secret)
    email.attachments, email.follow_up_open = list(attachments), kind in FOLLOW_UPS
    _render(email)
    try:
        with transaction.atomic():
            email.save(force_insert=True)
    except IntegrityError:
        if not Email.objects.filter(kind=kind, event=event, recipient=recipient).exists():
            raise
        return
    _hand_over(email)


def queue_again(*, email: Email) -> bool:
    """Put a parked mail back, rendered anew if that is what failed.

    False when it is not parked (any more), or still cannot be rendered.
    """
    with transaction.atomic():
        email = Email.objects.select_for_update().get(pk=email.pk)
        if email.status != Email.Status.FAILED:
            return False
        email.status, email.attempts, email.next_attempt_at = Email.Status.QUEUED, 0, timezone.now()
        if not email.html:
            _render(email)
        email.save()
        _hand_over(email)
        return email.status == Email.Status.QUEUED


def _render(email: Email) -> None:
    try:
        rendered = render(kind=email.kind, context=email.context)
    except Exception as error:  # an edge: a broken template must not undo an order
        logger.exception("A mail of kind %s cannot be rendered", email.kind)
        email.status, email.last_error = Email.Status.FAILED, f"{type(error).__name__}: {error}"
        # Anything that JSON does not know may be what failed, and must not fail again in the row.
        email.context = json.loads(json.dumps(email.context, default=str))
        return
    email.subject, email.text, email.html = rendered.subject, rendered.text, rendered.html
    email.context, email.last_error = {}, ""


def _hand_over(email: Email) -> None:
    if email.status == Email.Status.QUEUED:
        enqueue(send_email, email_id=email.pk)
