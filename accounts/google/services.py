"""Signing in with Google."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.google.errors import AccountNotLinked, InvalidGoogleToken
from accounts.google.identities import Identity
from accounts.models import User
from accounts.sessions.faces import face_of
from accounts.sessions.tokens import DEFAULT_FACE, Tokens
from core.db import transactional
from core.text.canonical import sha256


def sign_in(*, request: HttpRequest, identity: Identity) -> Tokens:
    """A new session for the account of this Google account, which is made if there is none.

    Raises InvalidGoogleToken, AccountNotLinked, WrongCredentials for an account that is closed.
    """
    user = account_of(identity, face=face_of(request))
    return services.begin_session(request=request, user=user)


def account_of(identity: Identity, *, face: str = DEFAULT_FACE) -> User:
    """The account of this Google account, else the one with its verified e-mail, else a new one."""
    if known := User.objects.filter(google_digest=sha256(identity.subject)).first():
        return known
    if not identity.email:
        raise InvalidGoogleToken
    try:
        return link(identity, face=face)
    except IntegrityError:  # another request was faster
        return link(identity, face=face)


@transactional
def link(identity: Identity, *, face: str) -> User:
    """Give the account with this e-mail, or a new one, to the Google account. Raises AccountNotLinked."""
    digest = sha256(identity.subject)
    user = User.objects.select_for_update().filter(email=identity.email).first()
    if user is None:
        return join(identity)
    if user.google_digest not in (None, digest):
        raise AccountNotLinked
    if user.email_verified_at is None:
        hand_over(user, face=face)
    user.google_digest = digest
    user.save(update_fields=["google_digest", "email_verified_at"])
    return user


def join(identity: Identity) -> User:
    """A new customer, whose e-mail Google has verified and who has no password."""
    return User.objects.create(
        email=identity.email,
        password=make_password(None),
        first_name=identity.first_name,
        last_name=identity.last_name,
        email_verified_at=timezone.now(),
        google_digest=sha256(identity.subject),
    )


def hand_over(user: User, *, face: str) -> None:
    """Make the account the one of whoever reads its mail: who opened it never proved to, and may be somebody else.

    Its password and its sessions are worthless from now on. Staff's was not opened by a stranger: they use theirs.
    """
    if user.is_staff:
        raise AccountNotLinked
    services.store_password(user=user, password_hash=make_password(None), face=face)
    user.email_verified_at = timezone.now()
