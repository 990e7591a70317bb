"""The row behind which days are closed one after the other; and the guard anew, which now refuses REPLACE, too."""

from typing import Any

from django.db import migrations, models

from payments.ledger.triggers import creating, dropping


def put_up(apps: Any, schema_editor: Any) -> None:
    """Make the row."""
    apps.get_model("payments", "ClosingGate").objects.get_or_create(pk=1)


def guard(apps: Any, schema_editor: Any) -> None:
    """Make all triggers that belong to this database, whichever of them are there."""
    for statement in [*dropping(), *creating(schema_editor.connection.vendor)]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """The gate of the closings."""

    atomic = False  # MySQL cannot roll back what changes its schema

    dependencies = [("payments", "0010_closing_guard")]

    operations = [
        migrations.CreateModel(
            name="ClosingGate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.RunPython(put_up, migrations.RunPython.noop),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
