"""Emptying guarded tables between tests with real transactions; production has no such way."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.commands import flush
from django.db import connection

# What Django writes for each model after migrating. Writing it anew took three quarters of every flush.
KEPT = ("django_content_type", "auth_permission")


def flush_past_guards(
    operations: Any,
    *,
    tables: Sequence[str],
    dropping: Callable[[], list[str]],
    creating: Callable[[str], list[str]],
) -> None:
    """Let the test database's flush empty `tables`, whose triggers refuse every DELETE, and keep what models bring.

    `operations` is the database's class of operations; the triggers are away for the flush alone, and only when
    there is something to empty.
    """
    original = operations.sql_flush

    def sql_flush(self: Any, style: Any, names: Sequence[str], **kwargs: Any) -> list[str]:
        statements: list[str] = original(self, style, [name for name in names if name not in KEPT], **kwargs)
        if not any(filled(table) for table in tables):
            return statements
        return [*dropping(), *statements, *creating(connection.vendor)]

    operations.sql_flush = sql_flush
    flush.emit_post_migrate_signal = lambda *args: None  # type: ignore[attr-defined]  # the stubs leave it out


def filled(table: str) -> bool:
    """Whether the table has a row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
        return cursor.fetchone() is not None
