"""The row behind which days are closed one after the other."""

from typing import Any

from django.db import migrations, models


def put_up(apps: Any, schema_editor: Any) -> None:
    """Make the row."""
    apps.get_model("payments", "ClosingGate").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    """The gate of the closings."""

    dependencies = [("payments", "0010_closing_guard")]

    operations = [
        migrations.CreateModel(
            name="ClosingGate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.RunPython(put_up, migrations.RunPython.noop),
    ]
