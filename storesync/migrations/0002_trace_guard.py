"""From here on the database itself refuses to change what happened to a SKU."""

from typing import Any

from django.db import migrations

REFUSE = {
    "sqlite": "BEGIN SELECT RAISE(ABORT, 'the trace is append-only'); END",
    "mysql": "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the trace is append-only'",
}
DROP = "DROP TRIGGER IF EXISTS storesync_traceevent_no_update"


def guard(apps: Any, schema_editor: Any) -> None:
    """Make the trigger. MySQL wants the TRIGGER privilege, and with binary logs log_bin_trust_function_creators.

    It refuses no DELETE, by which `clear_sync_payloads` removes what is old.
    """
    schema_editor.execute(DROP)
    refuse = REFUSE[schema_editor.connection.vendor]
    schema_editor.execute(
        f"CREATE TRIGGER storesync_traceevent_no_update BEFORE UPDATE ON storesync_traceevent {refuse}"
    )


def unguard(apps: Any, schema_editor: Any) -> None:
    """Remove it."""
    schema_editor.execute(DROP)


class Migration(migrations.Migration):
    """The guard of the trace."""

    atomic = False  # MySQL cannot roll back what changes its schema

    dependencies = [("storesync", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
