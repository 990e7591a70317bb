"""Django's `check` of the mail server, the provider and what is kept of mails."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from notifications.api.views import VIEWS, is_guarded

LONGEST_DAYS = 36_500


@register(Tags.compatibility)
def known_provider(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A provider that Anymail does not know would park every mail."""
    name = settings.EMAIL_PROVIDER
    if not name or (name.isidentifier() and find_spec(f"anymail.backends.{name}")):
        return []
    return [Error(f"EMAIL_PROVIDER: Anymail knows no provider {name!r}.", id="notifications.E001")]


@register(Tags.compatibility)
def days_of_bodies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Nought or less would remove the texts of mails that left, or were parked, a moment ago."""
    if 1 <= settings.MAIL_BODY_DAYS <= LONGEST_DAYS:
        return []
    return [Error(f"MAIL_BODY_DAYS: a number from 1 to {LONGEST_DAYS}.", id="notifications.E002")]


@register(Tags.security, deploy=True)
def mails_are_delivered(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn before a shop goes live whose mails are files, or whose provider's bounces stay unknown."""
    if not settings.EMAIL_PROVIDER and not settings.EMAIL_HOST:
        hint = "Set EMAIL_HOST, or EMAIL_PROVIDER with its keys."
        return [Warning("Mails are written into MAIL_DIR and reach no reader.", hint=hint, id="notifications.W001")]
    view = VIEWS.get(settings.EMAIL_PROVIDER)
    if view is None or is_guarded(view):
        return []
    hint = "Set ANYMAIL_WEBHOOK_SECRET, or the provider's signing key."
    return [Warning("The provider's webhook is closed: bounces stay unknown.", hint=hint, id="notifications.W002")]
