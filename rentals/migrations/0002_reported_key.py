from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rentals', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='rentalpayment',
            name='reported_key',
            field=models.CharField(blank=True, default='', editable=False, max_length=64),
        ),
    ]
