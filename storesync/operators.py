"""Who uses the hub: joining and signing in by a name, with an account that has no mailbox."""

from uuid import uuid4

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts import services
from accounts.emails import NOWHERE
from accounts.models import User
from accounts.sessions.tokens import Tokens
from core.db import transactional
from core.errors import DomainError, NotAuthenticated, PermissionRefused
from storesync.models import Operator
from storesync.models.operator import username_key

DOMAIN = f"accounts{NOWHERE}"
FIRST_NAME = 100


class RegistrationClosed(PermissionRefused):
    """Nobody may register here."""

    code = "registration_closed"
    message = "Registration is closed."


class UsernameTaken(DomainError):
    """There is a user with this name."""

    code = "username_taken"
    message = "This username is taken."


class InvalidCredentials(NotAuthenticated):
    """Name and password do not belong together; which of the two is wrong is not answered."""

    code = "invalid_credentials"
    message = "Invalid credentials"


def register(*, username: str, password: str) -> Operator:
    """A new user of the hub. Raises RegistrationClosed, UsernameTaken."""
    if not settings.SYNC_OPEN_REGISTRATION:
        raise RegistrationClosed
    if Operator.objects.filter(username_key=username_key(username)).exists():
        raise UsernameTaken
    # Hashing takes a good part of a second, so it is done before any lock is held.
    return add_operator(username=username, password_hash=make_password(password))


@transactional
def add_operator(*, username: str, password_hash: str) -> Operator:
    """Write the account, which the back office shows by the username, and the name. Raises UsernameTaken."""
    names = {"first_name": username[:FIRST_NAME], "last_name": username[FIRST_NAME:]}
    try:
        with transaction.atomic():
            user = User.objects.create(email=f"{uuid4()}@{DOMAIN}", password=password_hash, **names)
            return Operator.objects.create(user=user, username=username, username_key=username_key(username))
    except IntegrityError as error:
        raise UsernameTaken from error


def sign_in(*, request: HttpRequest, username: str, password: str) -> Tokens:
    """A new session of the user with this name. Raises InvalidCredentials, TooManyAttempts.

    An unknown name is looked for among the accounts as a known one is, so that both take the same time and are
    locked alike.
    """
    key = username_key(username)
    operator = Operator.objects.select_related("user").filter(username_key=key).first()
    email = operator.user.email if operator else f"{key}@{DOMAIN}"
    user = services.check_credentials(request=request, email=email, password=password)
    if user is None:
        raise InvalidCredentials
    try:
        return services.begin_session(request=request, user=user)
    except services.WrongCredentials as error:
        raise InvalidCredentials from error
