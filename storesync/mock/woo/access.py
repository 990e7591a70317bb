"""Who may call the shop: consumer key and secret, as Basic or as an OAuth 1.0a signature."""

import base64
import hashlib
import hmac
from urllib.parse import quote

from storesync.mock.server import Asked, Refused, Row

KEY, SECRET = "ck_mock", "cs_mock"
DIGESTS = {"HMAC-SHA1": "sha1", "HMAC-SHA256": "sha256"}
SIGNATURE_LIVES = 15 * 60


def error(status: int, code: str, message: str) -> Row:
    """An error as WordPress writes it."""
    return {"code": code, "message": message, "data": {"status": status}}


def unauthorized(message: str) -> Refused:
    return Refused(401, error(401, "woocommerce_rest_authentication_error", message))


def check(asked: Asked, base: str, now: float, seen: set[str]) -> None:
    """Raises Refused."""
    header = asked.headers.get("authorization", "")
    if "oauth_consumer_key" in asked.query:
        check_signature(asked, base, now, seen)
    elif not header.startswith("Basic "):
        raise Refused(401, error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources."))
    elif header != f"Basic {base64.b64encode(f'{KEY}:{SECRET}'.encode()).decode()}":
        raise unauthorized("Consumer secret is invalid.")


def check_signature(asked: Asked, base: str, now: float, seen: set[str]) -> None:
    """OAuth 1.0a without a token; a nonce counts once. Raises Refused."""
    query = dict(asked.query)
    signature, digest = query.pop("oauth_signature", ""), DIGESTS.get(query.get("oauth_signature_method", ""))
    if query["oauth_consumer_key"] != KEY:
        raise unauthorized("Consumer key is invalid.")
    if digest is None:
        raise unauthorized("Invalid signature - signature method is invalid.")
    pairs = sorted((escaped(name), escaped(value)) for name, value in query.items())
    text = "&".join(f"{name}={value}" for name, value in pairs)
    signed = "&".join([asked.method, escaped(f"{base}{asked.path}"), escaped(text)])
    right = base64.b64encode(hmac.new(f"{SECRET}&".encode(), signed.encode(), digest).digest()).decode()
    if not hmac.compare_digest(right.encode(), signature.encode()):
        raise unauthorized("Invalid signature - provided signature does not match.")
    stamp, nonce = query.get("oauth_timestamp", ""), query.get("oauth_nonce", "")
    if not stamp.isdigit() or abs(now - int(stamp)) > SIGNATURE_LIVES:
        raise unauthorized("Invalid timestamp.")
    if not nonce or nonce in seen:
        raise unauthorized("Invalid nonce - nonce has already been used.")
    seen.add(nonce)


def escaped(text: str) -> str:
    return quote(text, safe="~")


def signature_of(secret: str, body: bytes) -> str:
    """X-WC-Webhook-Signature."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
