"""A mail once more, because staff or its reader ask for it."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.one_time_tokens import good_ones
from core.errors import DomainError, NotFound
from notifications.mails.wording import reading
from notifications.models import NEVER_LEFT, SECRET_MARK, Email
from notifications.outbox.queueing import hand_over, render_email, write_notice
from notifications.outbox.suppressions import stop_of


class EmailNotFound(NotFound):
    message = "E-mail not found"


class NotSendable(DomainError):
    code = "email_not_sendable"
    message = "This mail cannot be sent again."


class LinkIsUsedUp(DomainError):
    """The mail holds a link that is good once: to send it again would be to send a dead one."""

    code = "email_has_single_use_link"
    message = "This e-mail holds a link that works once. Please ask for a new one instead."


class BodyIsGone(DomainError):
    """The text of the mail is kept no longer, or there never was one."""

    code = "email_body_gone"
    message = "The text of this e-mail is kept no longer, so it cannot be sent again."


def resend(*, email: Email, by: User) -> Email:
    """Send the reader's own mail once more; the mail that is on its way, which may be one asked for before.

    Whatever the preferences say: it is asked for. Raises LinkIsUsedUp, BodyIsGone, and what `send_again` does.
    """
    if waiting := on_its_way(email):
        return waiting
    if SECRET_MARK in email.text:
        raise LinkIsUsedUp
    if not email.html:
        raise BodyIsGone
    try:
        return send_again(email=email, by=by)
    except NotSendable:
        # A second request for it may have been a moment faster.
        if waiting := on_its_way(email):
            return waiting
        raise


def on_its_way(email: Email) -> Email | None:
    """This mail or a copy of it, if one of them waits to be sent."""
    if email.status == Email.Status.QUEUED:
        return email
    return Email.objects.queued_copies(of=email.resent_from_id or email.pk).first()


def send_again(*, email: Email, by: User | None) -> Email:
    """Send a mail to its recipient once more, because `by` asks for it. Returns the mail that is on its way.

    One that never left (failed, or held back) goes back into the outbox, rendered anew if that is what failed. One
    that left is sent as a mail of its own, which names the first (`resent_from`) and who asked for it. Raises
    NotSendable: it is on its way already, its texts were removed, its link is for one use or no longer good, its
    address is stopped, or it still cannot be rendered.
    """
    with transaction.atomic():
        Email.objects.select_for_update().get(pk=email.resent_from_id or email.pk)
        email = Email.objects.select_for_update().get(pk=email.pk)
        if problem := obstacle(email):
            raise NotSendable(problem)
        again = requeue(email, by=by) if email.status in NEVER_LEFT else queue_copy(email, by=by)
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


def requeue(email: Email, *, by: User | None) -> Email:
    email.status, email.attempts, email.next_attempt_at = Email.Status.QUEUED, 0, timezone.now()
    email.sent_at, email.provider_id, email.resent_by = None, "", by
    if not email.html:
        context = email.context
        with reading(email.user):
            render_email(email)
            write_notice(email, context)
    email.save()
    hand_over(email)
    return email


def queue_copy(email: Email, *, by: User | None) -> Email:
    first = email.resent_from or email
    number = first.resent.count() + 1
    copy = Email(kind=email.kind, event=f"again:{first.pk}:{number}", recipient=email.recipient, user=email.user)
    copy.face = email.face
    copy.subject, copy.text, copy.html, copy.attachments = email.subject, email.text, email.html, email.attachments
    copy.resent_from, copy.resent_by = first, by
    copy.save(force_insert=True)
    hand_over(copy)
    return copy
