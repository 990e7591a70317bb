"""Which mails and notices a user wants, by kind and channel. What law and contract require cannot be refused."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from core.db import transactional
from core.errors import Details, DomainError, InvalidInput
from notifications.mails.base import MAILS, Mail
from notifications.models import Channel, OptOut

# By kind, then by channel: whether it is on.
Switches = Mapping[str, Mapping[str, bool]]


class CannotSwitchOff(DomainError):
    code = "notification_required"


def mails_for(user: User) -> list[type[Mail]]:
    return [mail for mail in MAILS.values() if user.is_staff or not mail.group.for_staff]


def wanted_channels(*, user: User | None, kind: str) -> frozenset[Channel]:
    """The channels by which `user` wants mails of this kind; at most one query.

    Without an account there are no preferences, and a mail of an unknown kind is for the outbox to park.
    """
    mail = MAILS.get(kind)
    if user is None or mail is None:
        return frozenset({Channel.EMAIL})
    channels = mail.channels()
    if not any(mail.can_refuse(channel) for channel in channels):
        return channels
    refused = map(Channel, OptOut.objects.filter(user=user, kind=kind).values_list("channel", flat=True))
    return channels - {channel for channel in refused if mail.can_refuse(channel)}


def switches_of(user: User) -> dict[str, dict[str, bool]]:
    """Each channel of each mail that may reach the user, and whether it is on; one query."""
    refused = set(OptOut.objects.filter(user=user).values_list("kind", "channel"))
    return {
        mail.kind: {
            channel.value: (mail.kind, channel.value) not in refused or not mail.can_refuse(channel)
            for channel in sorted(mail.channels())
        }
        for mail in mails_for(user)
    }


@transactional
def change(*, user: User, switches: Switches) -> None:
    """Switch exactly these channels of these kinds on or off; every other stays as it is.

    Raises CannotSwitchOff or InvalidInput, naming each wrong field, and then changes nothing.
    """
    refuse_unknown(user, switches)
    refuse_required(switches)
    # In one order for all, so that two changes at once rarely meet crosswise.
    for kind in sorted(switches):
        for channel, is_on in sorted(switches[kind].items()):
            switch(user=user, kind=kind, channel=Channel(channel), is_on=is_on)


def switch(*, user: User, kind: str, channel: Channel, is_on: bool) -> None:
    if is_on:
        OptOut.objects.filter(user=user, kind=kind, channel=channel).delete()
    else:
        OptOut.objects.get_or_create(user=user, kind=kind, channel=channel)


def refuse_unknown(user: User, switches: Switches) -> None:
    known = {mail.kind for mail in mails_for(user)}
    if wrong := about((kind for kind in switches if kind not in known), "This field is not known here."):
        raise InvalidInput("; ".join(f"{name}: {texts[0]}" for name, texts in wrong.items()), details=wrong)


def refuse_required(switches: Switches) -> None:
    """Raises CannotSwitchOff when a mail that must be sent is to be switched off."""
    text = "This mail is required by law or by your contract and cannot be switched off."
    paths = (
        f"{kind}.{channel}"
        for kind, channels in switches.items()
        for channel, is_on in channels.items()
        if not is_on and not MAILS[kind].can_refuse(Channel(channel))
    )
    if wrong := about(paths, text):
        raise CannotSwitchOff("; ".join(f"{name}: {text}" for name in wrong), details=wrong)


def about(paths: Iterable[str], text: str) -> Details:
    return {f"preferences.{path}": [text] for path in sorted(paths)}
