"""A day that is closed stays as it was closed, in the database too."""

from typing import Any

from django.db import migrations

from payments.ledger.triggers import CLOSINGS, creating, dropping


def guard(apps: Any, schema_editor: Any) -> None:
    """Make the triggers, also when the last try died half-way."""
    for statement in [*dropping(CLOSINGS), *creating(schema_editor.connection.vendor, CLOSINGS)]:
        schema_editor.execute(statement)


def unguard(apps: Any, schema_editor: Any) -> None:
    """Remove them."""
    for statement in dropping(CLOSINGS):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers on the closings."""

    atomic = False  # MySQL cannot roll back what changes its schema

    dependencies = [("payments", "0009_invoices")]

    operations = [migrations.RunPython(guard, unguard)]
