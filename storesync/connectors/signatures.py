"""Who sent it: HMAC-SHA256 over raw bytes, compared in constant time. An empty secret has signed nothing."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl

MAX_FIELDS = 50


def webhook_signature(body: bytes, secret: str) -> str:
    """What Shopify and WooCommerce put into their headers: base64 of the digest."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether a webhook's raw body came from who knows `secret`."""
    return bool(secret) and _same(webhook_signature(body, secret), signature)


def callback_hmac(fields: dict[str, str], secret: str) -> str:
    """What Shopify signs its callback with: hex of the digest of the sorted query without `hmac`.

    Values are decoded, and `%`, `&` and `=` escaped where they would be read as the query's own, as Shopify's
    library for Python has it.
    """
    pairs = sorted(
        f"{_escaped(name).replace('=', '%3D')}={_escaped(value)}" for name, value in fields.items() if name != "hmac"
    )
    return hmac.new(secret.encode(), "&".join(pairs).encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def signed_callback(query: str, secret: str) -> dict[str, str] | None:
    """The fields of a callback's raw query, if Shopify signed them; None for all else, and for a field sent twice."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return None
    fields = dict(pairs)
    if not secret or len(fields) != len(pairs) or not _same(callback_hmac(fields, secret), fields.get("hmac", "")):
        return None
    return fields


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("&", "%26")


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
