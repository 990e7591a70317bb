"""What people do with their account: join, sign in and out, verify, change profile and password."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.signals import user_logged_in
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import one_time_tokens
from accounts.emails import has_mailbox, spelled
from accounts.models import OneTimeToken, Session, User
from accounts.sessions.devices import is_new_device
from accounts.sessions.faces import face_of
from accounts.sessions.lockout import TooManyAttempts, forgive, retry_after
from accounts.sessions.tokens import DEFAULT_FACE, Tokens, end_others, open_session
from accounts.signals import (
    email_verification_requested,
    new_device_used,
    password_changed,
    password_reset_requested,
    user_registered,
)
from core.db import transactional
from core.errors import Conflict, NotAuthenticated
from core.web.clients import address_of

RESET = OneTimeToken.Purpose.PASSWORD_RESET
VERIFICATION = OneTimeToken.Purpose.EMAIL_VERIFICATION

# Longer than writing a letter takes, so that the time of the answer does not tell who has an account.
RESET_REQUEST_SECONDS = 0.1


class EmailTaken(Conflict):
    """There is an account with this e-mail."""

    code = "email_taken"
    message = "A user with this email already exists."


class WrongCredentials(NotAuthenticated):
    """E-mail and password do not belong together; which of the two is wrong is not answered."""

    code = "wrong_credentials"
    message = "Invalid email or password"


class WrongPassword(NotAuthenticated):
    """Who asks for a new password does not know the present one."""

    code = "wrong_password"
    message = "current_password: Current password is incorrect"


def register(
    *,
    email: str,
    password: str,
    first_name: str,
    last_name: str,
    phone: str = "",
    language: str = "en",
    face: str = DEFAULT_FACE,
) -> User:
    """A new customer, who is sent a verification token. Raises EmailTaken."""
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    # Hashing takes a good part of a second, so it is done before any lock is held.
    return add_customer(
        face=face,
        email=email,
        password=make_password(password),
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        language=language,
    )


@transactional
def add_customer(*, face: str = DEFAULT_FACE, **fields: Any) -> User:
    """Write the user and tell of them; `password` is a hash. Raises EmailTaken when another was faster."""
    try:
        with transaction.atomic():
            user = User.objects.create(**fields)
    except IntegrityError as error:
        raise EmailTaken from error
    token = one_time_tokens.issue(user=user, purpose=VERIFICATION)
    user_registered.send(sender=User, user=user, token=token, face=face)
    return user


def check_credentials(*, request: HttpRequest, email: str, password: str) -> User | None:
    """The active user with this e-mail and password; a failure counts. Raises TooManyAttempts."""
    user = authenticate(request=request, username=email, password=password)
    if user is None and getattr(request, "axes_locked_out", False):
        raise TooManyAttempts(retry_after=retry_after())
    return user if isinstance(user, User) else None


def sign_in(*, request: HttpRequest, email: str, password: str) -> Tokens:
    """A new session. Raises WrongCredentials, TooManyAttempts."""
    user = check_credentials(request=request, email=email, password=password)
    if user is None or not has_mailbox(user.email):
        raise WrongCredentials
    return begin_session(request=request, user=user)


def begin_session(*, request: HttpRequest, user: User) -> Tokens:
    """A new session of a user who just proved to be it. Raises WrongCredentials for a closed account."""
    tokens = open_session_from(request=request, user=user)
    user_logged_in.send(sender=User, request=request, user=user)
    return tokens


@transactional
def open_session_from(*, request: HttpRequest, user: User) -> Tokens:
    """A session at the request's face that remembers where it came from; tells of a new device.

    The password must still be the one that was checked: whoever changes it ends the sessions of before, this one
    too. Raises WrongCredentials.
    """
    same = User.objects.select_for_update().filter(pk=user.pk, password=user.password, is_active=True)
    if not same.exists():
        raise WrongCredentials
    agent = request.headers.get("User-Agent", "")
    tokens = open_session(user=user, face=face_of(request), ip_address=address_of(request), user_agent=agent)
    if is_new_device(tokens.session):
        new_device_used.send(sender=Session, session=tokens.session)
    return tokens


def sign_out(*, session: Session) -> None:
    """End the session: its tokens are worthless from now on."""
    Session.objects.filter(pk=session.pk).revoke()


def change_profile(*, user: User, **changes: str) -> User:
    """Write the given ones of `first_name`, `last_name`, `phone` and `language`."""
    for name, value in changes.items():
        setattr(user, name, value)
    user.save(update_fields=list(changes))
    return user


@transactional
def verify_email(*, token: str) -> User:
    """Remember that the user reads mail at their address. Raises InvalidOneTimeToken."""
    user = one_time_tokens.redeem(secret=token, purpose=VERIFICATION)
    user.email_verified_at = user.email_verified_at or timezone.now()
    user.save(update_fields=["email_verified_at"])
    return user


@transactional
def resend_verification(*, user: User, face: str = DEFAULT_FACE) -> None:
    """Ask for another verification letter, unless the address is verified."""
    if user.email_verified_at:
        return
    token = one_time_tokens.issue(user=user, purpose=VERIFICATION)
    email_verification_requested.send(sender=User, user=user, token=token, face=face)


def request_password_reset(*, email: str, face: str = DEFAULT_FACE) -> None:
    """Ask for a reset letter to an active user; nothing, in the same time, for anybody else."""
    with lasting(RESET_REQUEST_SECONDS):
        user = User.objects.filter(email=spelled(email), is_active=True).first()
        if user and has_mailbox(user.email):
            send_reset_token(user=user, face=face)


@transactional
def send_reset_token(*, user: User, face: str) -> None:
    """A new token, and the signal that has it mailed."""
    token = one_time_tokens.issue(user=user, purpose=RESET)
    password_reset_requested.send(sender=User, user=user, token=token, face=face)


@contextmanager
def lasting(seconds: float) -> Iterator[None]:
    """Let the block take at least so long."""
    start = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, start + seconds - time.monotonic()))


def reset_password(*, token: str, password: str, face: str = DEFAULT_FACE) -> None:
    """A new password for the holder of a mailed token; ends every session. Raises InvalidOneTimeToken."""
    one_time_tokens.find(secret=token, purpose=RESET)
    redeem_reset(token=token, password_hash=make_password(password), face=face)


@transactional
def redeem_reset(*, token: str, password_hash: str, face: str) -> None:
    """Use the token up and store the new hash. Who reads the mailbox need not wait for a lock-out to end."""
    user = one_time_tokens.redeem(secret=token, purpose=RESET)
    store_password(user=user, password_hash=password_hash, face=face)
    forgive(user.email)


def change_password(*, request: HttpRequest, user: User, session: Session, current: str, new: str) -> None:
    """A new password for who knows the present one; ends all sessions but this. A wrong one counts as a
    failed sign-in. Raises WrongPassword, TooManyAttempts.
    """
    known = check_credentials(request=request, email=user.email, password=current)
    if known is None:
        raise WrongPassword(details={"current_password": ["Current password is incorrect"]})
    replace_password(checked=known, password_hash=make_password(new), keep=session)


@transactional
def replace_password(*, checked: User, password_hash: str, keep: Session) -> None:
    """Store the new hash, unless the password was changed since it was checked. Raises WrongPassword."""
    user = one_time_tokens.lock(checked.pk)
    if user.password != checked.password:
        raise WrongPassword
    store_password(user=user, password_hash=password_hash, face=keep.face, keep=keep)


def store_password(*, user: User, password_hash: str, face: str = DEFAULT_FACE, keep: Session | None = None) -> None:
    """Write the hash, end the sessions but `keep` and every open reset token, and tell of it at this face."""
    user.password = password_hash
    user.save(update_fields=["password"])
    end_others(user=user, keep=keep)
    one_time_tokens.end_all(user=user, purpose=RESET)
    password_changed.send(sender=User, user=user, face=face)
