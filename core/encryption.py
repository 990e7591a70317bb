"""Texts that the database keeps sealed (Fernet: AES-128-CBC with HMAC-SHA256), under the keys of ENCRYPTION_KEYS.

The first key seals, each of them opens: put a new one first, run `manage.py rotate_encryption`, take the old one
away. Only texts that the shop must read again are sealed; what it only compares is hashed.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.db.models import F, Model

MALFORMED = "ENCRYPTION_KEYS must be Fernet keys (32 bytes in URL-safe Base64), separated by commas."


class NotUnsealed(Exception):
    """A sealed text was changed, or its key is not in ENCRYPTION_KEYS."""


def fernets() -> list[Fernet]:
    """One for each key. Raises ImproperlyConfigured without keys, and for one that is malformed."""
    return list(fernets_of(tuple(settings.ENCRYPTION_KEYS)))


@cache
def fernets_of(keys: tuple[str, ...]) -> tuple[Fernet, ...]:
    """The same, made once. Raises ImproperlyConfigured."""
    if not keys:
        raise ImproperlyConfigured("ENCRYPTION_KEYS must be set.")
    try:
        return tuple(Fernet(key) for key in keys)
    except ValueError as error:
        raise ImproperlyConfigured(MALFORMED) from error


def seal(text: str) -> str:
    """`text` under the first key; another token each time."""
    return MultiFernet(fernets()).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """What was sealed. Raises NotUnsealed."""
    try:
        return MultiFernet(fernets()).decrypt(token).decode()
    except InvalidToken as error:
        raise NotUnsealed("A sealed text was changed, or its key is not in ENCRYPTION_KEYS.") from error


def is_current(token: str) -> bool:
    """Whether the first key sealed it."""
    try:
        fernets()[0].decrypt(token)
    except InvalidToken:
        return False
    return True


class EncryptedTextField(models.TextField):
    """A text that is sealed in the database and plain in Python.

    It can be asked for NULL and for nothing else, since equal texts are sealed differently. Forms leave it out
    unless the model says `editable=True`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return None if text is None else seal(text)

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return None if value is None else unseal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> Any:
        return None


def encrypted_fields() -> Iterator[tuple[type[Model], list[str]]]:
    """Every table with sealed columns, and their names."""
    for model in apps.get_models(include_auto_created=True):
        names = [field.name for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if names and not model._meta.proxy:
            yield model, names


def rotate(model: type[Model], names: list[str], pk: Any) -> bool:
    """Seal a row's texts under the first key; False when they were already. Raises NotUnsealed.

    The row is locked meanwhile, so that a text that is written now is not written over with the one before.
    """
    raw = {f"raw_{name}": models.ExpressionWrapper(F(name), output_field=models.TextField()) for name in names}
    with transaction.atomic():
        rows = model._base_manager.filter(pk=pk)
        found = rows.select_for_update().annotate(**raw).values(*raw).first() or {}
        tokens = {name: found.get(f"raw_{name}") for name in names}
        stale = {name: unseal(token) for name, token in tokens.items() if token is not None and not is_current(token)}
        return bool(stale and rows.update(**stale))
