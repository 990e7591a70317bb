"""Sending: each mail once, and again later when the mail server does not take it."""

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django_tasks import task

from core.tasks import enqueue
from notifications.attachments import MissingAttachment, fetch
from notifications.follow_ups import follow_up
from notifications.models import Email

logger = logging.getLogger(__name__)


def deliver(*, email: Email) -> str | None:
    """Send `email` if it is due and nobody else has it, and record what became of it.

    Returns its status (`queued` means that it will be tried again), or None when it was not ours to send. One whose
    attachment is missing is parked at once: waiting does not bring it.
    """
    if not email.claim():
        return None
    try:
        message(email).send()
    except Exception as error:  # an edge: whatever the way out raises, the mail is tried again
        logger.warning("Mail %s was not taken: %s", email.pk, type(error).__name__)
        email.record_failure(error, final=isinstance(error, MissingAttachment))
    else:
        email.record_sent()
        follow_up(email=email)
    return email.status


def message(email: Email) -> EmailMultiAlternatives:
    """The mail as it goes over the wire. Raises MissingAttachment."""
    mail = EmailMultiAlternatives(
        subject=email.subject,
        body=email.with_secret(email.text),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email.recipient],
        headers={"Message-ID": email.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(email.with_secret(email.html), "text/html")
    for file in map(fetch, email.attachments):
        mail.attach(file.name, file.content, file.mimetype)
    return mail


@task
def send_email(email_id: int) -> None:
    """Send one mail of the outbox; a failure asks for a worker again when its next attempt is due."""
    email = Email.objects.filter(pk=email_id).first()
    if email and deliver(email=email) == Email.Status.QUEUED:
        enqueue(send_email.using(run_after=email.next_attempt_at), email_id=email_id)
