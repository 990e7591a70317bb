"""`manage.py clear_expired_sessions`: forget what ended long ago."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Q
from django.utils import timezone

from accounts.models import OneTimeToken, Session

KEEP = timedelta(days=30)


class Command(BaseCommand):
    """Deletes sessions and one-time tokens that ended more than 30 days ago; safe to repeat."""

    help = "Delete sessions and one-time tokens that ended more than 30 days ago."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete and say how many."""
        before = timezone.now() - KEEP
        ended = Q(expires_at__lt=before)
        sessions, _ = Session.objects.filter(ended | Q(revoked_at__lt=before)).delete()
        tokens, _ = OneTimeToken.objects.filter(ended | Q(used_at__lt=before)).delete()
        self.stdout.write(f"Deleted {sessions} sessions and {tokens} one-time tokens.")
