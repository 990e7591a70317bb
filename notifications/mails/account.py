"""Mails about an account and its security."""

from datetime import timedelta
from typing import Any, TypedDict

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Session, User
from accounts.one_time_tokens import digest
from accounts.sessions.devices import device_of
from accounts.signals import (
    email_verification_requested,
    new_device_used,
    password_changed,
    password_reset_requested,
    user_registered,
)
from core.api.faces import SHOP
from events.api.face import EVENTS
from notifications.mails.base import Example, Group, Mail, Values
from notifications.mails.parts import at, page
from notifications.mails.wording import greeting_name, moment
from notifications.models import SECRET_MARK

ACCOUNT = Group("account", gettext_lazy("Your account and its security"))


class SecretLink(TypedDict):
    """A greeting, a link in which the token is still missing, and for how long it is good."""

    name: str
    link: str
    valid_for: str


def secret_link(first_name: str, path: str, *, lifetime: timedelta, face: str) -> SecretLink:
    hours = f"{lifetime.total_seconds() / 3600:g}"
    return {
        "name": greeting_name(first_name),
        "link": page(f"{path}?token={SECRET_MARK}", face=face),
        "valid_for": _("1 hour") if hours == "1" else _("%(hours)s hours") % {"hours": hours},
    }


def fingerprint(secret: str) -> str:
    """Enough of the digest to tell one secret from another, and not enough to be of use."""
    return digest(secret)[:12]


class Browsing(TypedDict):
    """Where to look around at a face, and whether that is for events."""

    browse_url: str
    for_events: bool


def browsing(face: str) -> Browsing:
    for_events = face == EVENTS.name
    return {"browse_url": page("events" if for_events else "products", face=face), "for_events": for_events}


class AccountMail(Mail):
    """From the face where it was caused, to whose site its links lead."""

    group = ACCOUNT
    required = True
    notice_link = "reset_url"

    @classmethod
    def example(cls, *, face: str = SHOP.name) -> Values:
        raise NotImplementedError

    @classmethod
    def examples(cls) -> dict[str, Example]:
        """As of every mail, and one of the box office."""
        elsewhere = Example(cls.example(face=EVENTS.name), EVENTS.name)
        return super().examples() | {f"{cls.kind}.box_office": elsewhere}


class TokenMail(AccountMail):
    """A mail with a link that is good once: it goes to the mailbox alone."""

    in_app = False

    def __init__(self, *, user: User, token: str, face: str = SHOP.name, **_: Any) -> None:
        self.user, self.secret, self.event, self.face = user, token, f"token:{fingerprint(token)}", face


class Welcome(TokenMail):
    """A new account, with the link that verifies its address."""

    kind = "welcome"
    signal, sender = user_registered, User

    class Context(SecretLink, Browsing):
        pass

    def __init__(self, *, user: User, **cause: Any) -> None:
        super().__init__(user=user, **cause)
        self.event = f"user:{user.pk}"

    def context(self) -> Context:
        lifetime = settings.EMAIL_VERIFICATION_LIFETIME
        link = secret_link(self.user.first_name, "verify-email", lifetime=lifetime, face=self.face)
        return {**link, **browsing(self.face)}

    @classmethod
    def example(cls, *, face: str = SHOP.name) -> Context:
        return {**VerifyEmail.example(face=face), **browsing(face)}


class VerifyEmail(TokenMail):
    """The link that verifies the address, asked for once more."""

    kind = "verify_email"
    signal, sender = email_verification_requested, User

    def context(self) -> SecretLink:
        lifetime = settings.EMAIL_VERIFICATION_LIFETIME
        return secret_link(self.user.first_name, "verify-email", lifetime=lifetime, face=self.face)

    @classmethod
    def example(cls, *, face: str = SHOP.name) -> SecretLink:
        return secret_link("Ada", "verify-email", lifetime=timedelta(hours=24), face=face)

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {"nameless": {"name": ""}}


class PasswordReset(TokenMail):
    """The link that resets a forgotten password."""

    kind = "password_reset"
    signal, sender = password_reset_requested, User

    def context(self) -> SecretLink:
        lifetime = settings.PASSWORD_RESET_LIFETIME
        return secret_link(self.user.first_name, "reset-password", lifetime=lifetime, face=self.face)

    @classmethod
    def example(cls, *, face: str = SHOP.name) -> SecretLink:
        return secret_link("Ada", "reset-password", lifetime=timedelta(hours=1), face=face)


class PasswordChanged(AccountMail):
    """The password was changed, perhaps not by the owner of the account."""

    kind = "password_changed"
    signal, sender = password_changed, User

    class Context(TypedDict):
        name: str
        email: str
        reset_url: str

    def __init__(self, *, user: User, face: str = SHOP.name, **_: Any) -> None:
        # Each password has its own salt, so its hash tells this change from the one before and the next.
        self.user, self.event, self.face = user, f"password:{fingerprint(user.password)}", face

    def context(self) -> Context:
        name = greeting_name(self.user.first_name)
        return {"name": name, "email": self.user.email, "reset_url": page("forgot-password", face=self.face)}

    @classmethod
    def example(cls, *, face: str = SHOP.name) -> Context:
        return {"name": "Ada", "email": "ada@example.com", "reset_url": page("forgot-password", face=face)}


class NewSignIn(AccountMail):
    """A sign-in with a program, system or network that is new to the account."""

    kind = "new_sign_in"
    signal, sender = new_device_used, Session

    class Context(TypedDict):
        name: str
        program: str
        system: str
        address: str
        at: str
        reset_url: str

    def __init__(self, *, session: Session, **_: Any) -> None:
        self.session, self.user, self.event = session, session.user, f"session:{session.pk.hex}"
        self.face = session.face

    def context(self) -> Context:
        device = device_of(self.session.user_agent)
        return {
            "name": greeting_name(self.user.first_name),
            "program": device.program,
            "system": device.system,
            "address": self.session.ip_address or "",
            "at": moment(self.session.created_at),
            "reset_url": page("forgot-password", face=self.face),
        }

    @classmethod
    def example(cls, *, face: str = SHOP.name) -> Context:
        return {
            "name": "Ada",
            "program": "Firefox",
            "system": "Android",
            "address": "203.0.113.7",
            "at": moment(at(1)),
            "reset_url": page("forgot-password", face=face),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        return {
            "sign_in_unknown": {"program": "", "system": "", "address": ""},
            "sign_in_program": {"program": "curl", "system": ""},
        }
