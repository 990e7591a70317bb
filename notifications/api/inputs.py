"""What the calls of notifications read."""

from typing import Any

from rest_framework import serializers

from core.api.fields import BooleanField
from core.api.inputs import Input, QueryInput
from core.errors import InvalidInput
from notifications.mails.base import MAILS, Mail

FLAGS = {"true": True, "false": False}


class UnreadField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        word = str(data).lower()
        if word not in FLAGS:
            message = "unread: true or false."
            raise InvalidInput(message, details={"unread": [message]})
        return FLAGS[word]


class NoticeListInput(QueryInput):
    """Which of the user's notices to list."""

    unread = UnreadField(required=False, help_text="`true`: only those that were not read yet.")


class MailSwitchInput(Input):
    """The channel of a kind that comes by mail alone."""

    email = BooleanField(required=False, help_text="Whether it comes by mail.")


class SwitchesInput(MailSwitchInput):
    """The channels of a kind."""

    in_app = BooleanField(required=False, help_text="Whether a notice in the app goes with it.")


class SwitchesByKindInput(Input):
    """The kinds to change; what is not named stays as it is."""

    def get_fields(self) -> dict[str, Any]:
        return {kind: switches_of(mail) for kind, mail in MAILS.items()}


def switches_of(mail: type[Mail]) -> Input:
    """The channels of a mail that can be switched, described by what the mail is."""
    described = " ".join((mail.__doc__ or "").split())
    return (SwitchesInput if mail.in_app else MailSwitchInput)(required=False, help_text=described)


class PreferencesInput(Input):
    """Which channels of which kinds to switch on or off."""

    preferences = SwitchesByKindInput(help_text="By kind, then by channel: on or off.")
