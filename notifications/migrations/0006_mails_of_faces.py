"""Mails speak in the name of a face."""

from django.db import migrations, models

# What the box office had sent until now; the rest is the shop's.
BOX_OFFICE = (
    "ticket_confirmation",
    "ticket_order_expired",
    "ticket_refunded",
    "ticket_transfer_offer",
    "ticket_transferred",
    "waiting_offer",
    "event_changed",
    "event_cancelled",
    "event_reminder",
    "partner_order",
    "partner_payout",
)


def name_box_office(apps, schema_editor):
    """Give the mails of the box office its face."""
    apps.get_model("notifications", "Email").objects.filter(kind__in=BOX_OFFICE).update(face="events")


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_notices_of_faces")]

    operations = [
        migrations.AddField(
            model_name="email",
            name="face",
            field=models.CharField(default="shop", help_text="In whose name it speaks.", max_length=20),
        ),
        migrations.RunPython(name_box_office, migrations.RunPython.noop),
    ]
