"""The counts of today as first movements, and from here on the database refuses to change a movement."""

from typing import Any

from django.db import migrations
from django.utils import timezone

COLUMNS = ("product_id", "kind", "change", "before", "after", "reason", "reference", "created_at")
REFUSE = {
    "sqlite": "BEGIN SELECT RAISE(ABORT, 'stock movements are append-only'); END",
    "mysql": "FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'stock movements are append-only'",
}
DROP = "DROP TRIGGER IF EXISTS catalog_stockmovement_no_update"


def open_counts(apps: Any, schema_editor: Any) -> None:
    """Write a movement for each product that has pieces and none yet, also when the last try died half-way."""
    connection = schema_editor.connection
    columns = ", ".join(map(connection.ops.quote_name, COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO catalog_stockmovement ({columns}) "
            "SELECT id, 'opening', inventory_count, 0, inventory_count, 'Count when movements began', '', %s "
            "FROM catalog_product WHERE inventory_count > 0 "
            "AND id NOT IN (SELECT product_id FROM catalog_stockmovement)",
            [connection.ops.adapt_datetimefield_value(timezone.now())],
        )


def guard(apps: Any, schema_editor: Any) -> None:
    """Make the trigger. MySQL wants the TRIGGER privilege, and with binary logs log_bin_trust_function_creators."""
    schema_editor.execute(DROP)
    refuse = REFUSE[schema_editor.connection.vendor]
    schema_editor.execute(
        f"CREATE TRIGGER catalog_stockmovement_no_update BEFORE UPDATE ON catalog_stockmovement {refuse}"
    )


def unguard(apps: Any, schema_editor: Any) -> None:
    """Remove it."""
    schema_editor.execute(DROP)


class Migration(migrations.Migration):
    """First movements, and the guard."""

    atomic = False  # MySQL cannot roll back what changes its schema

    dependencies = [("catalog", "0004_stock_movements")]

    operations = [
        migrations.RunPython(open_counts, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
