"""Bodies in and out of the notification endpoints."""

from typing import Any

from accounts.models import User
from core.api.fields import BooleanField, utc
from core.api.serializers import StrictSerializer
from notifications.in_app.preferences import mails_for, switches_of
from notifications.mails.base import MAILS, Mail
from notifications.mails.wording import reading
from notifications.models import Email, Notice


class MailSwitch(StrictSerializer):
    """The channel of a kind that comes by mail alone."""

    email = BooleanField(required=False)


class Switches(MailSwitch):
    """The channels of a kind."""

    in_app = BooleanField(required=False)


class SwitchesByKind(StrictSerializer):
    """The kinds to change; what is not named stays as it is."""

    def get_fields(self) -> dict[str, Any]:
        """A field for each kind, with a switch for each of its channels."""
        return {kind: (Switches if mail.in_app else MailSwitch)(required=False) for kind, mail in MAILS.items()}


class PreferencesBody(StrictSerializer):
    """Which channels of which kinds to switch on or off."""

    preferences = SwitchesByKind()


def preferences_json(user: User) -> dict[str, Any]:
    """Every switch of the user, and what each kind is; `preferences` may be sent back as it is."""
    with reading(user):
        return {"preferences": switches_of(user), "kinds": [kind_json(mail) for mail in mails_for(user)]}


def kind_json(mail: type[Mail]) -> dict[str, Any]:
    """A mail for a page of settings, in words of the active language: its group, its channels, what is required."""
    channels = sorted(mail.channels())
    return {
        "kind": mail.kind,
        "group": mail.group.name,
        "group_label": str(mail.group.label),
        "channels": [channel.value for channel in channels],
        "required": [channel.value for channel in channels if not mail.can_refuse(channel)],
    }


def notice_json(notice: Notice) -> dict[str, Any]:
    """One piece of news."""
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "title": notice.title,
        "message": notice.body,
        "link": notice.link or None,
        "read": notice.read_at is not None,
        "read_at": utc(notice.read_at),
        "created_at": utc(notice.created_at),
    }


def email_json(email: Email) -> dict[str, Any]:
    """One of the user's own mails, without its text: that is in their mail program."""
    return {
        "id": email.pk,
        "kind": email.kind,
        "subject": email.subject,
        "recipient": email.recipient,
        "status": email.status,
        "created_at": utc(email.created_at),
        "sent_at": utc(email.sent_at),
    }
