"""Columns that databases would otherwise understand differently."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

COLLATIONS = {"mysql": "utf8mb4_bin"}


class TermField(models.CharField):
    """A word that is compared character by character, as SQLite does by itself.

    MySQL's default collations hold different characters for equal, and could not tell two terms apart.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """The column's type, with the collation of the database at hand."""
        return {**super().db_parameters(connection), "collation": COLLATIONS.get(connection.vendor)}
