"""No server signs or seals with a secret that anybody can read in this project."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from core.encryption import fernets

SHORTEST = 32
NAMES = ("SECRET_KEY", "JWT_SECRET_KEY")
# What the apps find wrong with keys of their own; each adds its function in `AppConfig.ready`.
OF_APPS: list[Callable[[], list[str]]] = []


def complaints() -> list[str]:
    """What is wrong with the secrets; nothing in a demo, in DEBUG and under the tests."""
    if settings.DEFAULT_SECRETS_ALLOWED:
        return []
    values = {name: getattr(settings, name) for name in NAMES}
    weak = [name for name, value in values.items() if value == settings.DEFAULT_SECRET or len(value) < SHORTEST]
    return [
        *(f"{name} must be set to a secret of at least {SHORTEST} characters." for name in weak),
        *key_complaints(),
        *(complaint for complain in OF_APPS for complaint in complain()),
    ]


def key_complaints() -> list[str]:
    """What is wrong with the keys of sealed texts."""
    if settings.DEFAULT_ENCRYPTION_KEY in settings.ENCRYPTION_KEYS:
        return ["ENCRYPTION_KEYS must be set without the key of the demo."]
    try:
        fernets()
    except ImproperlyConfigured as error:
        return [str(error)]
    return []


def refuse_default_secrets() -> None:
    """Called when a server starts. Raises ImproperlyConfigured; commands that sign nothing still run."""
    if found := complaints():
        raise ImproperlyConfigured(" ".join(found))


@register(Tags.security, deploy=True)
def check_secrets(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The same, as `manage.py check --deploy` says it."""
    return [Error(complaint, id="core.E001") for complaint in complaints()]
