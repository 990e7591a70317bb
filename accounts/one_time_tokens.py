"""Secrets that go out by mail and are good once: issuing and redeeming them."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import OneTimeToken, User
from core.errors import NotAuthenticated

Purpose = OneTimeToken.Purpose


class InvalidOneTimeToken(NotAuthenticated):
    """The mailed token is unknown, used, replaced by a newer one or expired."""

    code = "invalid_token"
    message = "Invalid or expired token."


def lifetime(purpose: str) -> timedelta:
    """How long a token of this purpose is good."""
    return {
        Purpose.PASSWORD_RESET: settings.PASSWORD_RESET_LIFETIME,
        Purpose.EMAIL_VERIFICATION: settings.EMAIL_VERIFICATION_LIFETIME,
    }[Purpose(purpose)]


def digest(secret: str) -> str:
    """What is stored in place of the secret; a random one of 256 bits needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(*, user: User, purpose: str) -> str:
    """A new secret for `user`, which ends the earlier ones of this purpose. Call it in a transaction."""
    lock(user.pk)
    end_all(user=user, purpose=purpose)
    secret = secrets.token_urlsafe(32)
    expires_at = timezone.now() + lifetime(purpose)
    OneTimeToken.objects.create(user=user, purpose=purpose, digest=digest(secret), expires_at=expires_at)
    return secret


def good_ones(secret: str) -> QuerySet[OneTimeToken]:
    """The token that this secret names, if it is still good."""
    good = OneTimeToken.objects.filter(used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
    return good.filter(digest=digest(secret))


def find(*, secret: str, purpose: str) -> OneTimeToken:
    """The token that this secret names, if it is still good. Raises InvalidOneTimeToken."""
    token = good_ones(secret).filter(purpose=purpose).first()
    if token is None:
        raise InvalidOneTimeToken
    return token


def redeem(*, secret: str, purpose: str) -> User:
    """Use the token up: of two who try at once, one gets the user, the other InvalidOneTimeToken.

    Call it in a transaction; the user's row is locked until its end.
    """
    token = find(secret=secret, purpose=purpose)
    user = lock(token.user_id)
    if not OneTimeToken.objects.filter(pk=token.pk, used_at=None).update(used_at=timezone.now()):
        raise InvalidOneTimeToken
    end_all(user=user, purpose=purpose)
    return user


def end_all(*, user: User, purpose: str) -> None:
    """Make every open token of this user and purpose worthless."""
    user.one_time_tokens.filter(purpose=purpose, used_at=None).update(used_at=timezone.now())


def lock(user_id: int) -> User:
    """The user, whose row is locked until the transaction ends."""
    return User.objects.select_for_update().get(pk=user_id)
