"""Invoices, credit notes and their PDFs stay as they were written, in the database too."""

from typing import Any

from django.db import migrations

from payments.ledger.triggers import PAPERS, creating, dropping


def guard(apps: Any, schema_editor: Any) -> None:
    """Make the triggers, whichever of them are there."""
    for statement in [*dropping(PAPERS), *creating(schema_editor.connection.vendor, PAPERS)]:
        schema_editor.execute(statement)


def unguard(apps: Any, schema_editor: Any) -> None:
    """Remove them."""
    for statement in dropping(PAPERS):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers on the papers."""

    atomic = False  # MySQL cannot roll back what changes its schema

    dependencies = [("payments", "0012_ledger_kinds")]

    operations = [migrations.RunPython(guard, unguard)]
