"""`manage.py clear_mail_bodies`: forget what old mails said."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.models import Email

BATCH = 1000


class Command(BaseCommand):
    """Removes the texts of mails older than MAIL_BODY_DAYS, a batch at a time; safe to repeat.

    The record of each mail stays: kind, subject, recipient, what became of it. One that still waits is left alone.
    """

    help = "Remove the texts of mails that are older than MAIL_BODY_DAYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove them and say of how many."""
        now = timezone.now()
        old = Email.objects.with_old_body(before=now - timedelta(days=settings.MAIL_BODY_DAYS)).order_by("pk")
        removed = 0
        while batch := list(old.values_list("pk", flat=True)[:BATCH]):
            removed += Email.objects.filter(pk__in=batch).update(
                text="", html="", secret="", context={}, body_removed_at=now
            )
        self.stdout.write(f"Removed the texts of {removed} mails.")
