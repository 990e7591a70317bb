"""The payments app."""

from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


class PaymentsConfig(AppConfig):
    """Money and gateways."""

    name = "payments"

    def ready(self) -> None:
        """Book what settles before any other receiver runs."""
        from payments import receivers  # noqa: F401, PLC0415  models exist only once the apps are ready


@register(Tags.security, deploy=True)
def real_money(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn before a shop goes live that hands out goods for test cards."""
    if settings.STRIPE_SECRET_KEY:
        return []
    hint = "Set STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET."
    return [Warning("The sandbox takes the payments: no payment is real.", hint=hint, id="payments.W001")]


@register(Tags.security)
def signed_webhooks(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without the secret no webhook can be verified, and none would be taken."""
    if not settings.STRIPE_SECRET_KEY or settings.STRIPE_WEBHOOK_SECRET:
        return []
    return [Error("STRIPE_WEBHOOK_SECRET is missing, so every webhook would be refused.", id="payments.E001")]


@register(Tags.security)
def paystack_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The browser's popup needs the public key, and the secret one goes over no open line."""
    if not settings.PAYSTACK_SECRET_KEY:
        return []
    found: list[CheckMessage] = []
    if not settings.PAYSTACK_PUBLIC_KEY:
        found.append(Warning("PAYSTACK_PUBLIC_KEY is missing, so no popup opens.", id="payments.W002"))
    base = urlsplit(settings.PAYSTACK_API_BASE)
    if base.scheme != "https" and base.hostname not in ("127.0.0.1", "localhost"):
        found.append(Error("PAYSTACK_API_BASE would send the secret key in the open: use https.", id="payments.E002"))
    return found
