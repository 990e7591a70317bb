"""How an app gets its tokens: the merchant's consent, the exchange of the code, the renewal."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings

from storesync.mock.server import Answer, Asked, Refused, Row

SHOP = "mock-shop.myshopify.com"
CODE_LIVES, ACCESS_LIVES, REFRESH_LIVES = timedelta(hours=1), timedelta(hours=1), timedelta(days=90)


@dataclass
class Grant:
    """What a merchant allowed."""

    shop: str
    scope: str
    ends: datetime | None  # None: the token has no end
    replaced: str = ""  # the refresh token that this one came from, until this one is used


class OAuth:
    """Codes and tokens of all shops that installed the app."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.codes: dict[str, Grant] = {}
        self.access: dict[str, Grant] = {}
        self.refresh: dict[str, Grant] = {}

    def authorize(self, asked: Asked) -> Answer:
        """The page on which a merchant consents, who does so at once. The shop is the host that is asked."""
        query, host = asked.query, asked.headers.get("host", "").partition(":")[0].lower()
        if query.get("client_id") != settings.SHOPIFY_CLIENT_ID or not query.get("redirect_uri"):
            raise Refused(400, b"<html><body>Oauth error invalid_request</body></html>", Content_Type="text/html")
        shop = host if host.endswith(".myshopify.com") else SHOP
        code = secrets.token_hex(16)
        self.codes[code] = Grant(shop, query.get("scope", ""), self.now() + CODE_LIVES)
        answer = {
            "code": code,
            "host": base64.b64encode(f"{shop}/admin".encode()).decode().rstrip("="),
            "shop": shop,
            "state": query.get("state", ""),
            "timestamp": str(int(self.now().timestamp())),
        }
        signed = {**answer, "hmac": signature(answer)}
        return Answer(b"", 302, {"Location": f"{query['redirect_uri']}?{urlencode(sorted(signed.items()))}"})

    def token(self, asked: Asked) -> Answer:
        """POST /admin/oauth/access_token: a code or a refresh token becomes an access token."""
        fields = asked.fields()
        if (fields.get("client_id"), fields.get("client_secret")) != (
            settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRET,
        ):  # fmt: skip
            raise Refused(400, {"error": "application_cannot_be_found"})
        if fields.get("grant_type") == "refresh_token":
            return self.renewed(fields.get("refresh_token", ""))
        grant = self.codes.pop(fields.get("code", ""), None)
        if grant is None or self.is_over(grant):
            text = "The authorization code was not found or was already used"
            raise Refused(400, {"error": "invalid_request", "error_description": text})
        return Answer(self.issued(grant, expiring=fields.get("expiring") == "1"))

    def renewed(self, token: str) -> Answer:
        """The old refresh token stays good until the new access token is used once, as since August 2026."""
        grant = self.refresh.get(token)
        if grant is None or self.is_over(grant):
            raise Refused(400, {"error": "invalid_grant", "error_description": "The refresh token is not valid"})
        return Answer(self.issued(grant, expiring=True, replaced=token))

    def issued(self, grant: Grant, *, expiring: bool, replaced: str = "") -> Row:
        access, ends = f"shpat_{secrets.token_hex(16)}", self.now() + ACCESS_LIVES
        self.access[access] = Grant(grant.shop, grant.scope, ends if expiring else None, replaced)
        body: Row = {"access_token": access, "scope": grant.scope}
        if not expiring:
            return body
        refresh = f"shprt_{secrets.token_hex(16)}"
        self.refresh[refresh] = Grant(grant.shop, grant.scope, self.now() + REFRESH_LIVES)
        return {
            **body,
            "expires_in": int(ACCESS_LIVES.total_seconds()),
            "refresh_token": refresh,
            "refresh_token_expires_in": int(REFRESH_LIVES.total_seconds()),
        }

    def grant_of(self, token: str) -> Grant | None:
        """Whose token it is, unless it is none or over."""
        grant = self.access.get(token)
        if grant is None or self.is_over(grant):
            return None
        if grant.replaced:
            self.refresh.pop(grant.replaced, None)
            grant.replaced = ""
        return grant

    def is_over(self, grant: Grant) -> bool:
        return grant.ends is not None and grant.ends <= self.now()


def signature(query: dict[str, str]) -> str:
    """The hmac of a callback: hex, over the sorted query."""
    text = urlencode(sorted(query.items()))
    return hmac.new(settings.SHOPIFY_CLIENT_SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
