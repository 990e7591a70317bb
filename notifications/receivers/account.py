"""Mails about an account."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.dispatch import receiver

from accounts.devices import device_of
from accounts.models import Session, User
from accounts.one_time_tokens import digest
from core.signals import (
    email_verification_requested,
    new_device_used,
    password_changed,
    password_reset_requested,
    user_registered,
)
from notifications.contexts import greeting, page, secret_link
from notifications.mails.formatting import moment
from notifications.outbox.queueing import Context, queue


@receiver(user_registered, sender=User)
def welcome(*, user: User, token: str, **_: Any) -> None:
    """To a new customer, with the link that verifies their address."""

    def context() -> Context:
        return {**greeting(user), **verification_link(), "shop_url": page("products")}

    owe(user, kind="welcome", event=f"user:{user.pk}", context=context, secret=token)


@receiver(email_verification_requested, sender=User)
def verify_email(*, user: User, token: str, **_: Any) -> None:
    """To who asked for the verification link once more."""

    def context() -> Context:
        return {**greeting(user), **verification_link()}

    owe(user, kind="verify_email", event=f"token:{short(token)}", context=context, secret=token)


@receiver(password_reset_requested, sender=User)
def password_reset(*, user: User, token: str, **_: Any) -> None:
    """To who forgot their password."""

    def context() -> Context:
        return {**greeting(user), **secret_link("reset-password", lifetime=settings.PASSWORD_RESET_LIFETIME)}

    owe(user, kind="password_reset", event=f"token:{short(token)}", context=context, secret=token)


@receiver(password_changed, sender=User)
def tell_password_changed(*, user: User, **_: Any) -> None:
    """To the owner of the account, who may not be the one who changed it."""

    def context() -> Context:
        return {**greeting(user), "email": user.email, "reset_url": page("forgot-password")}

    # Each password has its own salt, so its hash tells this change from the one before and the next.
    owe(user, kind="password_changed", event=f"password:{short(user.password)}", context=context)


@receiver(new_device_used, sender=Session)
def tell_new_sign_in(*, session: Session, **_: Any) -> None:
    """To the owner of an account that somebody signed in to, with what it was never used with before."""

    def context() -> Context:
        device = device_of(session.user_agent)
        return {
            **greeting(session.user),
            "program": device.program,
            "system": device.system,
            "address": session.ip_address or "",
            "at": moment(session.created_at),
            "reset_url": page("forgot-password"),
        }

    owe(session.user, kind="new_sign_in", event=f"session:{session.pk.hex}", context=context)


def verification_link() -> dict[str, Any]:
    """The link that verifies an address."""
    return secret_link("verify-email", lifetime=settings.EMAIL_VERIFICATION_LIFETIME)


def short(secret: str) -> str:
    """Enough of the digest to tell one secret from another, and not enough to be of use to anybody."""
    return digest(secret)[:12]


def owe(user: User, *, kind: str, event: str, context: Callable[[], Context], secret: str = "") -> None:
    """Queue a mail to the user's own address; `context` is called in the user's language."""
    queue(kind=kind, event=event, recipient=user.email, user=user, context=context, secret=secret)
