"""A customer asks for one of their own mails once more."""

from typing import Any

from accounts.models import User
from notifications.errors import BodyIsGone, EmailNotFound, LinkIsUsedUp
from notifications.mails.rendering import SECRET_MARK
from notifications.models import Email, EmailQuerySet
from notifications.outbox.queueing import NotSendable, send_again


def own_mails(user: Any) -> EmailQuerySet:
    """The mails that were written to this user, newest first."""
    return Email.objects.filter(user=user)


def find_own(*, user: Any, email_id: int) -> Email:
    """The user's mail. Raises EmailNotFound, also for somebody else's."""
    email = own_mails(user).filter(pk=email_id).first()
    if email is None:
        raise EmailNotFound
    return email


def resend(*, email: Email, by: User) -> Email:
    """Send the mail to its recipient once more; the mail that is on its way, which may be one from a wish before.

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
        # Somebody with the same wish may have been a moment faster.
        if waiting := on_its_way(email):
            return waiting
        raise


def on_its_way(email: Email) -> Email | None:
    """This mail or a copy of it, if one of them waits to be sent."""
    if email.status == Email.Status.QUEUED:
        return email
    return Email.objects.queued_copies(of=email.resent_from_id or email.pk).first()
