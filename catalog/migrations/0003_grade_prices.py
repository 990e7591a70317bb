"""What each grade costs in percent of a new device, for staff to change."""

from django.db import migrations

PERCENTS = {"new": 100, "excellent": 90, "good": 80, "fair": 65}


def add_percents(apps, schema_editor):
    """A row for each grade."""
    prices = apps.get_model("catalog", "GradePrice")
    for grade, percent in PERCENTS.items():
        prices.objects.get_or_create(grade=grade, defaults={"percent": percent})


class Migration(migrations.Migration):
    """Adds rows."""

    dependencies = [("catalog", "0002_devices")]

    operations = [migrations.RunPython(add_percents, migrations.RunPython.noop)]
