"""A sale is found again by the day of its order in the shop's own time."""

from datetime import date

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('storesync', '0002_renewing_tokens')]

    operations = [
        migrations.RemoveField(model_name='erpsale', name='sold_at'),
        migrations.AddField(
            model_name='erpsale',
            name='day',
            field=models.DateField(default=date(2026, 1, 1), help_text="Of the order, in the shop's own time."),
            preserve_default=False,
        ),
    ]
