"""Which news a user wants, by kind and channel. What law and contract require is not theirs to refuse."""

from collections.abc import Iterable, Mapping

from accounts.models import User
from core.db import transactional
from core.errors import Details, InvalidInput
from notifications.errors import CannotSwitchOff
from notifications.kinds import ALL_KINDS, KINDS, STAFF, Kind
from notifications.models import Channel, OptOut

# By kind, then by channel: whether it is on.
Switches = Mapping[str, Mapping[str, bool]]

EVERY_WAY = frozenset(Channel)
MAIL_ONLY = frozenset({Channel.EMAIL})


def kinds_for(user: User) -> list[Kind]:
    """The kinds of news that may reach this user."""
    return [kind for kind in ALL_KINDS if kind.group != STAFF or user.is_staff]


def channels_of(kind: Kind) -> frozenset[Channel]:
    """The ways that news of this kind can take."""
    return EVERY_WAY if kind.in_app else MAIL_ONLY


def can_refuse(kind: Kind, channel: Channel) -> bool:
    """Whether the channel of the kind is the user's to switch off; a line in the app is never required."""
    return not (kind.required and channel == Channel.EMAIL)


def wanted_channels(*, user: User | None, kind: str) -> frozenset[Channel]:
    """The ways in which `user` is to hear news of this kind; at most one query.

    A mail to nobody's account has nobody to refuse it, and one of an unknown kind is for the outbox to park.
    """
    known = KINDS.get(kind)
    if user is None or known is None:
        return MAIL_ONLY
    ways = channels_of(known)
    if not any(can_refuse(known, channel) for channel in ways):
        return ways
    refused = OptOut.objects.filter(user=user, kind=kind).values_list("channel", flat=True)
    return ways - {Channel(name) for name in refused if can_refuse(known, Channel(name))}


def switches_of(user: User) -> dict[str, dict[str, bool]]:
    """Each channel of each kind that may reach the user, and whether it is on; one query."""
    refused = set(OptOut.objects.filter(user=user).values_list("kind", "channel"))
    return {
        kind.name: {
            channel.value: (kind.name, channel.value) not in refused or not can_refuse(kind, channel)
            for channel in sorted(channels_of(kind))
        }
        for kind in kinds_for(user)
    }


@transactional
def change(*, user: User, switches: Switches) -> None:
    """Switch exactly these channels of these kinds on or off; every other stays as it is.

    Raises CannotSwitchOff or InvalidInput, naming each wrong field, and then changes nothing.
    """
    refuse_unknown(user, switches)
    refuse_required(switches)
    # In one order for everybody, so that two changes at once rarely meet crosswise.
    for kind in sorted(switches):
        for channel, is_on in sorted(switches[kind].items()):
            switch(user=user, kind=kind, channel=Channel(channel), is_on=is_on)


def switch(*, user: User, kind: str, channel: Channel, is_on: bool) -> None:
    """Switch one channel of one kind, whatever it is now."""
    if is_on:
        OptOut.objects.filter(user=user, kind=kind, channel=channel).delete()
    else:
        OptOut.objects.get_or_create(user=user, kind=kind, channel=channel)


def refuse_unknown(user: User, switches: Switches) -> None:
    """Kinds that never reach this user are not known to them. Raises InvalidInput."""
    known = {kind.name for kind in kinds_for(user)}
    if wrong := about((kind for kind in switches if kind not in known), "This field is not known here."):
        raise InvalidInput("; ".join(f"{name}: {texts[0]}" for name, texts in wrong.items()), details=wrong)


def refuse_required(switches: Switches) -> None:
    """Raises CannotSwitchOff when a mail that must be sent is to be switched off."""
    text = "This mail is required by law or by your contract and cannot be switched off."
    paths = (
        f"{kind}.{channel}"
        for kind, channels in switches.items()
        for channel, is_on in channels.items()
        if not is_on and not can_refuse(KINDS[kind], Channel(channel))
    )
    if wrong := about(paths, text):
        raise CannotSwitchOff("; ".join(f"{name}: {text}" for name in wrong), details=wrong)


def about(paths: Iterable[str], text: str) -> Details:
    """The same complaint about each of these fields."""
    return {f"preferences.{path}": [text] for path in sorted(paths)}
