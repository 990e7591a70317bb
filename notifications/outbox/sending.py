"""Sending: each mail once, and again later when the mail server does not take it."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django_tasks import task

from core.db import transactional
from core.tasks import enqueue
from notifications.mails.base import MAILS
from notifications.mails.brands import brand_of
from notifications.models import TAKEN, Email, Suppression
from notifications.outbox.attachments import fetch
from notifications.outbox.failures import judge
from notifications.outbox.suppressions import stop, stop_of
from notifications.outbox.unsubscribe import unsubscribe_headers

logger = logging.getLogger(__name__)


class AddressStopped(Exception):
    """Nothing is sent to this address any more."""

    def __init__(self, stopped: Suppression) -> None:
        why = stopped.get_reason_display().lower()
        super().__init__(f"Mail to {stopped.address} is stopped since {stopped.since:%Y-%m-%d} ({why}).")


def deliver(*, email: Email) -> str | None:
    """Send `email` if it is due and no other sender has it, and record what became of it.

    Returns its status (`queued` means that it will be tried again), or None when it was not ours to send. One whose
    attachment is missing is parked at once, since waiting does not bring it; so is one that the recipient's server
    refuses for good, and then the address is stopped. Nothing is sent to a stopped address.
    """
    if not email.claim():
        return None
    if stopped := stop_of(email.recipient, kind=email.kind):
        email.record_failure(AddressStopped(stopped), final=Email.Status.SUPPRESSED)
        return email.status
    with ExitStack() as session:
        try:
            mail = message(email)
            mail.connection = session.enter_context(mail_connection())
            mail.send()
        except Exception as error:  # an edge: whatever the connection raises, the mail is tried again
            logger.warning("Mail %s was not taken: %s", email.pk, type(error).__name__)
            record_refusal(email, error)
        else:
            email.record_sent(provider_id=provider_id(mail))
            follow_up(email=email)
    return email.status


@contextmanager
def mail_connection() -> Iterator[BaseEmailBackend]:
    """An open connection to the mail server or provider.

    It is closed only after the mail was recorded, and an error then changes nothing: the mail was taken.
    """
    connection = get_connection()
    connection.open()
    try:
        yield connection
    finally:
        try:
            connection.close()
        except Exception as error:  # an edge: the mail's fate is decided
            logger.info("The connection to the mail server was not closed cleanly: %s", type(error).__name__)


def record_refusal(email: Email, error: Exception) -> None:
    """Record that it was not sent, and stop the address if that is what the error means."""
    verdict = judge(error)
    email.record_failure(error, final=verdict.final)
    if verdict.stops_address:
        stop(address=email.recipient, reason=Suppression.Reason.BOUNCE, detail=email.last_error, email=email)


def message(email: Email) -> EmailMultiAlternatives:
    """The mail as it goes over the wire. Raises MissingAttachment."""
    mail = EmailMultiAlternatives(
        subject=email.subject,
        body=email.with_secret(email.text),
        from_email=brand_of(email.face).sender,
        to=[email.recipient],
        headers={
            "Message-ID": email.message_id,
            "Auto-Submitted": "auto-generated",
            **unsubscribe_headers(email),
        },
    )
    mail.attach_alternative(email.with_secret(email.html), "text/html")
    for file in map(fetch, email.attachments):
        mail.attach(file.name, file.content, file.mimetype)
    if settings.EMAIL_PROVIDER:
        # Comes back with each event of the provider's tracking, even if we were killed before we had its id.
        mail.metadata = {"mail": email.message_id}  # type: ignore[attr-defined]
    return mail


def provider_id(mail: EmailMultiAlternatives) -> str:
    """The name that the provider gave a mail which it took; empty for a mail server."""
    given = getattr(getattr(mail, "anymail_status", None), "message_id", None)
    return "" if given is None else str(given)


@task
def send_email(email_id: int) -> None:
    """Send one mail of the outbox; a failure asks for a worker again when its next attempt is due."""
    email = Email.objects.filter(pk=email_id).first()
    if email and deliver(email=email) == Email.Status.QUEUED:
        enqueue(send_email.using(run_after=email.next_attempt_at), email_id=email_id)


def follow_up(*, email: Email) -> bool:
    """Do what follows from a sent mail, once; whether it was done now. What fails is left to `send_emails`.

    It never costs a second mail.
    """
    if not email.follow_up_open:
        return False
    try:
        return _follow_up_once(email_id=email.pk)
    except Exception:  # an edge: the mail is out, and must not go again because of this
        logger.exception("What follows from mail %s failed; send_emails will try again", email.pk)
        return False


@transactional
def _follow_up_once(*, email_id: int) -> bool:
    email = Email.objects.select_for_update().get(pk=email_id)
    if email.status not in TAKEN or not email.follow_up_open:
        return False
    MAILS[email.kind].after_sending(email)
    email.follow_up_open = False
    email.save(update_fields=["follow_up_open"])
    return True
