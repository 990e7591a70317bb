"""Mails about an account."""

from typing import Any

from django.conf import settings
from django.dispatch import receiver

from accounts.models import User
from accounts.one_time_tokens import digest
from core.signals import (
    email_verification_requested,
    password_changed,
    password_reset_requested,
    user_registered,
)
from notifications.contexts import greeting, page, secret_link
from notifications.outbox import queue


@receiver(user_registered, sender=User)
def welcome(*, user: User, token: str, **_: Any) -> None:
    """To a new customer, with the link that verifies their address."""
    context = {**greeting(user), **verification_link(), "shop_url": page("products")}
    owe(user, kind="welcome", event=f"user:{user.pk}", context=context, secret=token)


@receiver(email_verification_requested, sender=User)
def verify_email(*, user: User, token: str, **_: Any) -> None:
    """To who asked for the verification link once more."""
    context = {**greeting(user), **verification_link()}
    owe(user, kind="verify_email", event=f"token:{short(token)}", context=context, secret=token)


@receiver(password_reset_requested, sender=User)
def password_reset(*, user: User, token: str, **_: Any) -> None:
    """To who forgot their password."""
    link = secret_link("reset-password", lifetime=settings.PASSWORD_RESET_LIFETIME)
    context = {**greeting(user), **link}
    owe(user, kind="password_reset", event=f"token:{short(token)}", context=context, secret=token)


@receiver(password_changed, sender=User)
def tell_password_changed(*, user: User, **_: Any) -> None:
    """To the owner of the account, who may not be the one who changed it."""
    context = {**greeting(user), "email": user.email, "reset_url": page("forgot-password")}
    # Each password has its own salt, so its hash tells this change from the one before and the next.
    owe(user, kind="password_changed", event=f"password:{short(user.password)}", context=context)


def verification_link() -> dict[str, Any]:
    """The link that verifies an address."""
    return secret_link("verify-email", lifetime=settings.EMAIL_VERIFICATION_LIFETIME)


def short(secret: str) -> str:
    """Enough of the digest to tell one secret from another, and not enough to be of use to anybody."""
    return digest(secret)[:12]


def owe(user: User, *, kind: str, event: str, context: dict[str, Any], secret: str = "") -> None:
    """Queue a mail to the user's own address."""
    queue(kind=kind, event=event, recipient=user.email, user=user, context=context, secret=secret)
