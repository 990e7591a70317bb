"""The way into the outbox. Nobody in the shop sends a mail otherwise."""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.one_time_tokens import good_ones
from core.errors import DomainError
from core.tasks import enqueue
from notifications.in_app import notices
from notifications.in_app.preferences import wanted_channels
from notifications.mails.languages import reading
from notifications.mails.rendering import SECRET_MARK, render
from notifications.models import NEVER_LEFT, Channel, Email
from notifications.outbox.attachments import Reference
from notifications.outbox.follow_ups import FOLLOW_UPS
from notifications.outbox.sending import send_email
from notifications.outbox.suppressions import stop_of
from notifications.outbox.unsubscribe import unsubscribe_url

logger = logging.getLogger(__name__)

Context = dict[str, Any]


class NotSendable(DomainError):
    """A mail that cannot be sent again; the message says why."""

    code = "email_not_sendable"
    message = "This mail cannot be sent again."


def queue(
    *,
    kind: str,
    event: str,
    recipient: str,
    user: User | None,
    context: Context | Callable[[], Context],
    secret: str = "",
    attachments: Sequence[Reference] = (),
) -> None:
    """Owe `recipient` the mail of `kind` about `event`, if this transaction is committed.

    Owed already: nothing happens. Refused by the user's preferences: there is no mail, and a notice in the app is
    written only if that was not refused. `context` holds plain values under the keys of the kind, ready to print; one
    that has words, dates or money in it is given as a function, which is called in the user's language. Where a link
    needs the `secret`, it has rendering.SECRET_MARK. The `attachments` are fetched when it is sent. A mail that
    cannot be rendered, or whose `context` cannot be had, is parked with the error, and what caused it goes on.
    """
    email = Email(kind=kind, event=event, recipient=recipient, user=user, secret=secret)
    email.attachments, email.follow_up_open = list(attachments), kind in FOLLOW_UPS
    with reading(user):
        told = _told(email, context)
        ways = _tell_in_app(email, told)
    if Channel.EMAIL not in ways:
        return
    try:
        with transaction.atomic():
            email.save(force_insert=True)
    except IntegrityError:
        if not Email.objects.filter(kind=kind, event=event, recipient=recipient).exists():
            raise
        return
    _hand_over(email)


def send_again(*, email: Email, by: User | None) -> Email:
    """Send a mail to its recipient once more, because `by` wants it. Returns the mail that is on its way.

    One that never left (failed, or held back) goes back into the outbox, rendered anew if that is what failed. One
    that left is sent as a mail of its own, which names the first (`resent_from`) and whoever wanted it. Raises
    NotSendable: it is on its way already, its texts were removed, its link is for one use or no longer good, its
    address is stopped, or it still cannot be rendered.
    """
    with transaction.atomic():
        Email.objects.select_for_update().get(pk=email.resent_from_id or email.pk)
        email = Email.objects.select_for_update().get(pk=email.pk)
        if problem := obstacle(email):
            raise NotSendable(problem)
        again = _back(email, by=by) if email.status in NEVER_LEFT else _copy(email, by=by)
    if again.status != Email.Status.QUEUED:
        raise NotSendable("It still cannot be rendered: see its error.")
    return again


def obstacle(email: Email) -> str:
    """Why the mail cannot be sent again now; empty when it can."""
    first = email.resent_from_id or email.pk
    if email.status == Email.Status.QUEUED or Email.objects.queued_copies(of=first).exists():
        return "It is on its way already."
    if email.body_removed_at:
        return "Its texts were removed, because they were old."
    if SECRET_MARK in email.text and not (email.secret and email.status in NEVER_LEFT):
        return "The link in it is for one use. A new one is sent to those who ask for it."
    if email.secret and email.status in NEVER_LEFT and not good_ones(email.secret).exists():
        return "The link in it is no longer good. A new one is sent to those who ask for it."
    if stop_of(email.recipient, kind=email.kind):
        return "Mail to this address is stopped."
    return ""


def _back(email: Email, *, by: User | None) -> Email:
    email.status, email.attempts, email.next_attempt_at = Email.Status.QUEUED, 0, timezone.now()
    email.sent_at, email.provider_id, email.resent_by = None, "", by
    if not email.html:
        context = email.context
        with reading(email.user):
            _render(email)
            _tell_in_app(email, context)
    email.save()
    _hand_over(email)
    return email


def _copy(email: Email, *, by: User | None) -> Email:
    first = email.resent_from or email
    number = first.resent.count() + 1
    copy = Email(kind=email.kind, event=f"again:{first.pk}:{number}", recipient=email.recipient, user=email.user)
    copy.subject, copy.text, copy.html, copy.attachments = email.subject, email.text, email.html, email.attachments
    copy.resent_from, copy.resent_by = first, by
    copy.save(force_insert=True)
    _hand_over(copy)
    return copy


def _told(email: Email, context: Context | Callable[[], Context]) -> Context:
    """The context with which the mail was rendered; empty, and the mail parked, when it cannot be had."""
    try:
        email.context = context() if callable(context) else context
    except DatabaseError:  # the transaction may be lost, and its owner has to know
        raise
    except Exception as error:  # an edge: a mistake in a mail must not undo an order
        _park(email, error)
        return {}
    told = email.context
    _render(email)
    return told


def _park(email: Email, error: Exception) -> None:
    logger.exception("A mail of kind %s cannot be written", email.kind)
    email.status, email.last_error = Email.Status.FAILED, f"{type(error).__name__}: {error}"


def _render(email: Email) -> None:
    try:
        footer = unsubscribe_url(user_id=email.user_id, kind=email.kind)
        rendered = render(kind=email.kind, context=email.context, unsubscribe_url=footer)
    except Exception as error:  # an edge: a broken template must not undo an order
        _park(email, error)
        # Anything that JSON does not know may be what failed, and must not fail again in the row.
        email.context = json.loads(json.dumps(email.context, default=str))
        return
    email.subject, email.text, email.html = rendered.subject, rendered.text, rendered.html
    email.context, email.last_error = {}, ""


def _tell_in_app(email: Email, context: Context) -> frozenset[Channel]:
    """Write the notice that goes with the mail, if its user wants one. The ways in which they want to hear of it."""
    ways = wanted_channels(user=email.user, kind=email.kind)
    if Channel.IN_APP in ways:
        notices.post(email=email, context=context)
    return ways


def _hand_over(email: Email) -> None:
    if email.status == Email.Status.QUEUED:
        enqueue(send_email, email_id=email.pk)
