"""One spelling for each e-mail address."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

MAX_LENGTH = 254
# No mail server is there, ever (RFC 2606): the address of an account whose owner signs in by another name.
NOWHERE = ".invalid"
INVALID = "Enter a valid email address."


def normalize(email: str) -> str:
    """The address in lower case with an ASCII domain (IDNA). ValidationError when it is no address.

    ASCII throughout, because MySQL's collations hold é and e for equal: two people would share an account.
    Quoted local parts, which may hold control characters, are refused.
    """
    text = email.strip().lower()
    if len(text) > MAX_LENGTH:
        raise ValidationError(INVALID)
    local, at, domain = text.rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise ValidationError(INVALID) from error
    validate_email(address)
    if not address.isascii() or '"' in address or len(address) > MAX_LENGTH:
        raise ValidationError(INVALID)
    return address


def spelled(email: str) -> str:
    """As `normalize`; what is no address comes back in ASCII with escapes, so that it belongs to no account.

    MySQL would find `user@…` by `usér@…`, and by what holds control characters, which it skips.
    """
    try:
        return normalize(email)
    except ValidationError:
        return email.strip().lower().encode("unicode_escape").decode()


def has_mailbox(email: str) -> bool:
    """Whether mail to the address could arrive; who has none cannot sign in by it, either."""
    return not email.lower().endswith(NOWHERE)


def axes_username(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name under which failed logins are counted: one account, one counter, however it is typed."""
    given = (credentials or {}).get("username") or (credentials or {}).get("email")
    if not given and request is not None:
        given = request.POST.get("username", "")
    return spelled(str(given or ""))[:MAX_LENGTH]
