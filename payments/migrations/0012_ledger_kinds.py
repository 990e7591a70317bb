"""The back office lists the kinds of entries, and the entries of a kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index; on SQLite, too, it does not touch the table and its triggers."""

    dependencies = [("payments", "0011_closing_gate")]

    operations = [
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(fields=["kind", "id"], name="ledger_entry_of_kind"),
        ),
    ]
