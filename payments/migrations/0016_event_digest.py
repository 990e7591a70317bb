"""Webhook events are unique by a digest of the gateway's whole id."""

import hashlib
from typing import Any

from django.db import migrations, models


def digest_ids(apps: Any, schema_editor: Any) -> None:
    events = apps.get_model("payments", "WebhookEvent").objects.filter(event_digest="")
    for pk, event_id in events.values_list("pk", "event_id").iterator():
        events.filter(pk=pk).update(event_digest=hashlib.sha256(event_id.encode()).hexdigest())


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_accounts_of_apps")]

    operations = [
        migrations.AddField(
            "webhookevent", "event_digest", models.CharField(default="", editable=False, max_length=64), preserve_default=False
        ),
        migrations.RunPython(digest_ids, migrations.RunPython.noop),
        migrations.RemoveConstraint("webhookevent", "webhook_event_once"),
        migrations.AddConstraint(
            "webhookevent", models.UniqueConstraint(fields=["gateway", "event_digest"], name="webhook_event_once")
        ),
    ]
