"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's address: the connection's own, or what the outermost trusted proxy saw.

    Only as many entries of X-Forwarded-For count as TRUSTED_PROXIES says, since a client writes the rest.
    """
    remote = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    return forwarded[-min(proxies, len(forwarded))] if proxies and forwarded else remote
