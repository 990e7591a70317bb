"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's IP address: the connection's own, or what the outermost trusted proxy saw; "" if unknown.

    Only as many entries of X-Forwarded-For count as TRUSTED_PROXIES says, since a client writes the rest.
    """
    remote = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    seen = forwarded[-min(proxies, len(forwarded))] if proxies and forwarded else remote
    return plain_ip(seen) or plain_ip(remote)


def plain_ip(text: str) -> str:
    """The address in its usual spelling, without a zone; "" for what is none (a Unix socket, a forged header)."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return ""
