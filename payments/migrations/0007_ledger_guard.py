"""From here on the database itself refuses to change what was booked."""

from typing import Any

from django.db import migrations

from payments.ledger.triggers import ENTRIES, creating, dropping


def guard(apps: Any, schema_editor: Any) -> None:
    """Make the triggers, also when the last try died half-way. MySQL wants the TRIGGER privilege, and with binary logs log_bin_trust_function_creators."""
    for statement in [*dropping(ENTRIES), *creating(schema_editor.connection.vendor, ENTRIES)]:
        schema_editor.execute(statement)


def unguard(apps: Any, schema_editor: Any) -> None:
    """Remove them."""
    for statement in dropping(ENTRIES):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """Triggers on the ledger's tables."""

    atomic = False  # MySQL cannot roll back what changes its schema

    dependencies = [("payments", "0006_ledger")]

    operations = [migrations.RunPython(guard, unguard)]
