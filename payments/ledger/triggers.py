"""The database's own guard: it refuses to change or delete what was booked or billed, whoever asks."""

from collections.abc import Sequence
from typing import Any

ENTRIES = ("payments_ledgerentry", "payments_ledgerline")
CLOSINGS = ("payments_dayclosing",)
PAPERS = ("payments_invoice", "payments_invoicedocument")
TABLES = ENTRIES + CLOSINGS + PAPERS
MESSAGE = "booked and billed rows are append-only"
VERBS = {"sqlite": ("UPDATE", "DELETE", "REPLACE"), "mysql": ("UPDATE", "DELETE")}
# What two rows may not share. SQLite's INSERT OR REPLACE deletes the other row, and fires no trigger for that.
UNIQUE = {
    "payments_ledgerentry": "key = NEW.key",
    "payments_ledgerline": "entry_id = NEW.entry_id AND account = NEW.account",
    "payments_dayclosing": "day = NEW.day",
    "payments_invoice": "number = NEW.number OR invoice_of_id = NEW.invoice_of_id OR refund_id = NEW.refund_id",
    "payments_invoicedocument": "invoice_id = NEW.invoice_id",
}
REFUSE = {
    "sqlite": f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    "mysql": f"FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{MESSAGE}'",
}


def name_of(verb: str, table: str) -> str:
    """The trigger that refuses the verb on this table."""
    return f"{table}_no_{verb.lower()}"


def creating(vendor: str, tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that make the triggers."""
    return [statement(vendor, verb, table) for table in tables for verb in VERBS[vendor]]


def statement(vendor: str, verb: str, table: str) -> str:
    """The statement that makes one of them."""
    event = f"{verb} ON {table}"
    if verb == "REPLACE":
        event = f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR {UNIQUE[table]})"
    return f"CREATE TRIGGER {name_of(verb, table)} BEFORE {event} {REFUSE[vendor]}"


def dropping(tables: Sequence[str] = TABLES) -> list[str]:
    """The statements that remove them, on any database."""
    return [f"DROP TRIGGER IF EXISTS {name_of(verb, table)}" for table in tables for verb in VERBS["sqlite"]]


def missing(connection: Any) -> list[str]:
    """The triggers that the database does not have."""
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "mysql": "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
    }
    with connection.cursor() as cursor:
        cursor.execute(listing[connection.vendor])
        there = {row[0] for row in cursor.fetchall()}
    wanted = [name_of(verb, table) for table in TABLES for verb in VERBS[connection.vendor]]
    return [name for name in wanted if name not in there]
