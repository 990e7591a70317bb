"""The database's own guard: it refuses to change or delete what was booked, whoever asks."""

from collections.abc import Sequence
from typing import Any

ENTRIES = ("payments_ledgerentry", "payments_ledgerline")
CLOSINGS = ("payments_dayclosing",)
TABLES = ENTRIES + CLOSINGS
MESSAGE = "ledger rows are append-only"
BODIES = {
    "sqlite": f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "mysql": f"FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{MESSAGE}'",
}


def names(tables: Sequence[str] = TABLES) -> list[tuple[str, str, str]]:
    """(trigger, what it refuses, table) of each trigger."""
    return [(f"{table}_no_{verb.lower()}", verb, table) for table in tables for verb in ("UPDATE", "DELETE")]


def creating(vendor: str, tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that make the triggers."""
    return [f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {BODIES[vendor]}" for name, verb, table in names(tables)]


def dropping(tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that remove them."""
    return [f"DROP TRIGGER IF EXISTS {name}" for name, _, _ in names(tables)]


def missing(connection: Any) -> list[str]:
    """The triggers that the database does not have."""
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "mysql": "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
    }
    with connection.cursor() as cursor:
        cursor.execute(listing[connection.vendor])
        there = {row[0] for row in cursor.fetchall()}
    return [name for name, _, _ in names() if name not in there]
