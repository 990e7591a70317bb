"""What a mail is: a class that says what causes it, who gets it, and what it says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

from django.db.models import Model
from django.dispatch import Signal
from django.utils.functional import Promise

from accounts.models import User
from core.api.faces import SHOP
from core.signals import status_changed
from notifications.models import Channel, Email
from notifications.outbox.attachments import Reference

Values = Mapping[str, object]


@dataclass(frozen=True)
class Group:
    """Mails that a reader switches on and off together, what they are called in the reader's language, and the face
    that they belong to.
    """

    name: str
    label: Promise
    for_staff: bool = False
    face: str = SHOP.name


class Recipient(NamedTuple):
    """An address, and whose it is: their language and preferences count. None for an address without an account."""

    address: str
    user: User | None


class Example(NamedTuple):
    """What a mail prints to be looked at and tested with, and at which face."""

    context: Values
    face: str


class Mail:
    """A mail. A subclass with a `kind` registers itself in MAILS; an object of it is one occurrence.

    Of the class:
    - `kind`: its name in rows, preferences and templates (templates/emails/<kind>.{subject.txt,txt,html})
    - `group`: what a reader switches on and off with it
    - `required`: law, contract, security or the shop's money ask for it, so that it cannot be switched off
    - `in_app`: whether a notice in the app goes with it; never for a mail with a secret link
    - `notice_link`: the key of the context that holds the page to which the notice leads
    - `signal`, `sender`: what causes it; none for a mail that a command queues
    - `has_follow_up`: whether `after_sending` has something to do

    Of an occurrence, for the constructor to set:
    - `event`: its cause, such as order-status:17; with kind and recipient it is unique, so that no mail comes twice
    - `user`: who gets it, unless `recipients` says otherwise
    - `face`: where it was caused: it speaks in the name of this face, whose clients show its notice; else its group's
    - `secret`: stands in the mail for rendering.SECRET_MARK, from its sending on
    - `attachments`: the files that go with it, fetched when it is sent
    """

    kind: ClassVar[str]
    group: ClassVar[Group]
    required: ClassVar[bool]
    in_app: ClassVar[bool] = True
    notice_link: ClassVar[str] = ""
    signal: ClassVar[Signal | None] = None
    sender: ClassVar[type[Model] | None] = None
    has_follow_up: ClassVar[bool] = False

    event: str
    user: User
    face: str
    secret: str = ""
    attachments: Sequence[Reference] = ()

    def __init__(self, *args: Any, **cause: Any) -> None:
        raise NotImplementedError

    def __init_subclass__(cls) -> None:
        if "kind" in vars(cls):
            MAILS[cls.kind] = cls
            cls.face = cls.group.face

    @classmethod
    def from_signal(cls, *args: Any, **cause: Any) -> Self | None:
        """The mail that follows from what the signal brings; None when none does."""
        return cls(*args, **cause)

    def recipients(self) -> Iterable[Recipient]:
        return [Recipient(self.user.email, self.user)]

    def context(self) -> Values:
        """What the templates print: plain values under exactly the keys of the TypedDict that this returns.

        Called in the language of each recipient.
        """
        raise NotImplementedError

    @staticmethod
    def after_sending(email: Email) -> None:
        """What follows, once, from a mail that was really sent."""

    @classmethod
    def example(cls) -> Values:
        """A context to look at and to test with, in the language that is active."""
        raise NotImplementedError

    @classmethod
    def variants(cls) -> Mapping[str, Values]:
        """By name, what differs from the example where the mail has other sentences."""
        return {}

    @classmethod
    def examples(cls) -> dict[str, Example]:
        """The example under the mail's kind, and each variant, complete, under kind.name."""
        example = cls.example()
        contexts = {cls.kind: example}
        contexts |= {f"{cls.kind}.{name}": {**example, **changes} for name, changes in cls.variants().items()}
        return {name: Example(context, cls.face) for name, context in contexts.items()}

    @classmethod
    def context_keys(cls) -> frozenset[str]:
        keys: frozenset[str] = cls.context.__annotations__["return"].__required_keys__
        return keys

    @classmethod
    def channels(cls) -> frozenset[Channel]:
        return frozenset(Channel) if cls.in_app else frozenset({Channel.EMAIL})

    @classmethod
    def can_refuse(cls, channel: Channel) -> bool:
        """Whether the channel is the reader's to switch off; a notice in the app is never required."""
        return not (cls.required and channel == Channel.EMAIL)


MAILS: dict[str, type[Mail]] = {}


class StepMail(Mail):
    """A mail about a change of status: a subject of the class `sender` reached `status`."""

    signal = status_changed
    status: ClassVar[str]

    @classmethod
    def from_signal(cls, *args: Any, **cause: Any) -> Self | None:
        return cls(*args, **cause) if cause["change"].status == cls.status else None
