"""The way into the outbox: mails follow from signals, and are written in the transaction of what causes them."""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction

from accounts.emails import has_mailbox
from accounts.models import User
from core.tasks import enqueue
from notifications import mails
from notifications.in_app import notices
from notifications.in_app.preferences import wanted_channels
from notifications.mails.base import MAILS, Mail, Values
from notifications.mails.rendering import render
from notifications.mails.wording import reading
from notifications.models import Channel, Email
from notifications.outbox.attachments import Reference
from notifications.outbox.sending import send_email
from notifications.outbox.unsubscribe import unsubscribe_url

logger = logging.getLogger(__name__)


def connect_all() -> None:
    """Find every mail, and let each follow from its signal."""
    mails.autodiscover()
    for mail in MAILS.values():
        connect(mail)


def connect(mail: type[Mail]) -> None:
    """From now on the mail follows from its signal."""
    if mail.signal is None:
        return

    def receive(*, signal: Any, sender: Any, **cause: Any) -> None:
        if occurrence := mail.from_signal(**cause):
            queue_mail(occurrence)

    mail.signal.connect(receive, sender=mail.sender, weak=False, dispatch_uid=f"notifications.{mail.kind}")


def queue_mail(mail: Mail) -> int:
    """Queue the mail to each of its recipients, if this transaction is committed; how many these are."""
    recipients = list(mail.recipients())
    for address, user in recipients:
        write_email(
            kind=mail.kind,
            face=mail.face,
            event=mail.event,
            recipient=address,
            user=user,
            context=mail.context,
            secret=mail.secret,
            attachments=mail.attachments,
        )
    return len(recipients)


def write_email(
    *,
    kind: str,
    face: str,
    event: str,
    recipient: str,
    user: User | None,
    context: Callable[[], Values],
    secret: str = "",
    attachments: Sequence[Reference] = (),
) -> None:
    """Write the mail of `kind` about `event` to `recipient` into the outbox, and the notice that goes with it.

    Written before, or nobody has that mailbox: nothing happens. Refused by the user's preferences: there is no mail,
    and a notice in the app is written only if that was not refused. `context` is called in the user's language. Where
    a link needs the `secret`, the context has SECRET_MARK. A mail that cannot be rendered, or whose context raises,
    is parked with the error, and what caused it goes on.
    """
    if not has_mailbox(recipient):
        return
    email = Email(kind=kind, face=face, event=event, recipient=recipient, user=user, secret=secret)
    email.attachments = list(attachments)
    email.follow_up_open = kind in MAILS and MAILS[kind].has_follow_up
    with reading(user):
        channels = write_notice(email, fill_email(email, context))
    if Channel.EMAIL not in channels:
        return
    try:
        with transaction.atomic():
            email.save(force_insert=True)
    except IntegrityError:
        if not Email.objects.filter(kind=kind, event=event, recipient=recipient).exists():
            raise
        return
    hand_over(email)


def fill_email(email: Email, context: Callable[[], Values]) -> Values:
    """Render the mail; the context that it was rendered with, empty when it cannot be had and the mail is parked."""
    try:
        email.context = dict(context())
    except DatabaseError:  # the transaction may be lost, and its owner has to know
        raise
    except Exception as error:  # an edge: a mistake in a mail must not undo an order
        park(email, error)
        return {}
    values: Values = email.context
    render_email(email)
    return values


def render_email(email: Email) -> None:
    """Render the mail from its context, which is kept only if that fails and the mail is parked."""
    try:
        footer = unsubscribe_url(user_id=email.user_id, kind=email.kind)
        rendered = render(kind=email.kind, face=email.face, context=email.context, unsubscribe_url=footer)
    except Exception as error:  # an edge: a broken template must not undo an order
        park(email, error)
        # Anything that JSON does not know may be what failed, and must not fail again in the row.
        email.context = json.loads(json.dumps(email.context, default=str))
        return
    email.subject, email.text, email.html = rendered.subject, rendered.text, rendered.html
    email.context, email.last_error = {}, ""


def park(email: Email, error: Exception) -> None:
    logger.exception("A mail of kind %s cannot be written", email.kind)
    email.status, email.last_error = Email.Status.FAILED, f"{type(error).__name__}: {error}"


def write_notice(email: Email, context: Values) -> frozenset[Channel]:
    """Write the notice that goes with the mail, if its user wants one; the channels that the user wants."""
    channels = wanted_channels(user=email.user, kind=email.kind)
    if Channel.IN_APP in channels:
        notices.write_notice(email=email, context=context)
    return channels


def hand_over(email: Email) -> None:
    """Let a worker send the mail, unless it is parked."""
    if email.status == Email.Status.QUEUED:
        enqueue(send_email, email_id=email.pk)
