"""Webhooks as the two platforms send them: `ask` of the world's tests and `send` bring them to the hub."""

from types import SimpleNamespace

from django.conf import settings

from storesync.connectors.signatures import webhook_signature

SHOPIFY, WOO = "/sync-hub/connections/webhook/shopify", "/sync-hub/connections/webhook/woocommerce"
JSON = "application/json"


def shopify_hook(body=b"{}", *, topic="orders/create", shop="shop.myshopify.com", event="event-1", **headers):
    """Signed by Shopify, unless `headers` say otherwise; those that are None are not sent."""
    signature = webhook_signature(body, settings.SHOPIFY_CLIENT_SECRET)
    said = {"Hmac_Sha256": signature, "Topic": topic, "Shop_Domain": shop, "Event_Id": event, **headers}
    return SimpleNamespace(path=SHOPIFY, raw=body, headers=named("X-Shopify", said))


def woo_hook(
    body=b"{}", *, secret="hook-secret", topic="order.created", source="https://shop.example.com/", **headers
):
    """Signed with `secret`, unless `headers` say otherwise; those that are None are not sent."""
    said = {"Signature": webhook_signature(body, secret), "Topic": topic, "Source": source, **headers}
    return SimpleNamespace(path=WOO, raw=body, headers=named("X-WC-Webhook", said))


def named(prefix, headers):
    return {f"{prefix}-{name.replace('_', '-')}": value for name, value in headers.items() if value is not None}


def send(api, hook, content_type=JSON):
    """The hub's answer."""
    return api.generic("POST", hook.path, hook.raw, content_type=content_type, headers=hook.headers)
