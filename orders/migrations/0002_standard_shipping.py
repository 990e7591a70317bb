"""The shipping method that the contract names, so that a new store can sell at once."""

from django.db import migrations


def add_standard(apps, schema_editor):
    """Standard shipping costs nothing."""
    method = apps.get_model("orders", "ShippingMethod")
    method.objects.get_or_create(code="standard", defaults={"name": "Standard", "price": 0})


class Migration(migrations.Migration):
    """Adds a row."""

    dependencies = [("orders", "0001_initial")]

    operations = [migrations.RunPython(add_standard, migrations.RunPython.noop)]
