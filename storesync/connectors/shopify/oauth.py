"""A merchant's consent, and the tokens that follow from it.

https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens
"""

import json
import time
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from storesync import wire
from storesync.models import Connection
from storesync.values import text, whole

# A token is renewed so long before it ends, so that a call which begins now does not meet its end.
EARLY = timedelta(minutes=5)
# How long the others leave the renewal to the worker that claimed it: longer than its call may take.
LEASE = timedelta(seconds=30)
NAP = 0.2


class Grant(NamedTuple):
    """What a merchant allowed. A token without `refresh_token` has no end."""

    access_token: str
    refresh_token: str
    scopes: str
    expires_at: datetime | None

    @property
    def credentials(self) -> str:
        """As a connection keeps them, sealed."""
        return json.dumps({"access_token": self.access_token, "refresh_token": self.refresh_token})


def authorize_url(shop: str, *, state: str, redirect_uri: str) -> str:
    """Where a merchant consents, at the shop itself."""
    asked = {
        "client_id": settings.SHOPIFY_CLIENT_ID,
        "scope": ",".join(settings.SHOPIFY_SCOPES),
        "redirect_uri": redirect_uri,
        "state": state,
    }
    return f"https://{shop}/admin/oauth/authorize?{urlencode(asked)}"


def exchange(shop: str, code: str) -> Grant:
    """The tokens for a code of the callback. Raises CallFailed."""
    return granted(shop, {"code": code, "expiring": "1"})


def renew(shop: str, refresh_token: str) -> Grant:
    """The next tokens; the one before stays good until these are used. Raises CallFailed."""
    return granted(shop, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def granted(shop: str, asked: dict[str, str]) -> Grant:
    secrets = (settings.SHOPIFY_CLIENT_SECRET, *asked.values())
    app = {"client_id": settings.SHOPIFY_CLIENT_ID, "client_secret": settings.SHOPIFY_CLIENT_SECRET}
    url = wire.place(f"https://{shop}/admin/oauth/access_token", mock=settings.MOCK_SHOPIFY_URL)
    now = timezone.now()
    body = wire.call("POST", url, body={**app, **asked}, secrets=secrets).body
    if not isinstance(body, dict) or not text(body.get("access_token")):
        raise wire.BadAnswer
    seconds = whole(body.get("expires_in"))
    return Grant(
        access_token=text(body["access_token"]),
        refresh_token=text(body.get("refresh_token")),
        scopes=text(body.get("scope"), 500),
        expires_at=now + timedelta(seconds=seconds) if seconds else None,
    )


def access_token(connection: Connection) -> str:
    """The token for a call now, renewed before it ends, by one of all workers. Raises CallFailed."""
    if connection.expires_at and connection.expires_at - EARLY <= timezone.now():
        renew_in_turn(connection)
    return kept(connection)["access_token"]


def renew_in_turn(connection: Connection) -> None:
    """Leave with a token that is not the one that `connection` had.

    One worker renews it; the others wait for its lease to end, and use the old one as long as that is good.
    """
    ending = connection.expires_at
    while not claimed(connection, ending):
        connection.refresh_from_db(fields=["credentials", "expires_at", "status"])
        kept(connection)  # raises once the connection was removed, which nobody claims any more
        now = timezone.now()
        if connection.expires_at != ending or (ending and ending > now):
            return
        time.sleep(NAP)
    try:
        grant = renew(connection.address, kept(connection)["refresh_token"])
    except wire.Rejected as refused:
        release(connection)
        raise wire.RefusedCredentials from refused
    except wire.CallFailed:
        release(connection)
        raise
    keep(connection, grant)


def claimed(connection: Connection, ending: datetime | None) -> bool:
    """Whether it is now this worker that renews the token."""
    now = timezone.now()
    free = Q(renewing_until=None) | Q(renewing_until__lt=now)
    mine = Connection.objects.kept().filter(free, pk=connection.pk, expires_at=ending)
    return bool(mine.update(renewing_until=now + LEASE))


def keep(connection: Connection, grant: Grant) -> None:
    """Write the tokens down. A connection that was removed meanwhile has no secret, and gets none back."""
    connection.credentials, connection.expires_at = grant.credentials, grant.expires_at
    Connection.objects.kept().filter(pk=connection.pk).update(
        credentials=grant.credentials, expires_at=grant.expires_at, renewing_until=None
    )


def release(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(renewing_until=None)


def kept(connection: Connection) -> dict[str, Any]:
    """The connection's tokens. Raises RefusedCredentials where it has none any more."""
    if connection.credentials is None:
        raise wire.RefusedCredentials
    return {"access_token": "", "refresh_token": "", **json.loads(connection.credentials)}
