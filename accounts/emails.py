"""One spelling for each e-mail address."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

MAX_LENGTH = 254


def normalize(email: str) -> str:
    """The address in lower case with an ASCII domain (IDNA). ValidationError when it is no address.

    ASCII throughout, because MySQL's collations hold é and e for equal: two people would share an account.
    Quoted local parts, which may hold control characters, are refused.
    """
    local, at, domain = email.strip().lower().rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise ValidationError("Enter a valid email address.") from error
    validate_email(address)
    if not address.isascii() or '"' in address or len(address) > MAX_LENGTH:
        raise ValidationError("Enter a valid email address.")
    return address


def spelled(email: str) -> str:
    """As `normalize`, but what is no address comes back merely trimmed and in lower case."""
    try:
        return normalize(email)
    except ValidationError:
        return email.strip().lower()


def axes_username(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name under which failed logins are counted: one account, one counter, however it is typed."""
    given = (credentials or {}).get("username") or (credentials or {}).get("email")
    if not given and request is not None:
        given = request.POST.get("username", "")
    return spelled(str(given or ""))[:MAX_LENGTH]
