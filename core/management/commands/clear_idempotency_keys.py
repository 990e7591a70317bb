"""`manage.py clear_idempotency_keys`: forget answers that are not repeated any more."""

from typing import Any

from django.core.management.base import BaseCommand

from core.models import IdempotentRequest, is_expired

BATCH = 1000


class Command(BaseCommand):
    """Deletes what is older than 24 hours, a batch at a time; safe to repeat."""

    help = "Delete the answers to requests with an Idempotency-Key that are older than 24 hours."

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete and say how many."""
        deleted = 0
        while batch := list(IdempotentRequest.objects.filter(is_expired()).values_list("pk", flat=True)[:BATCH]):
            deleted += IdempotentRequest.objects.filter(pk__in=batch).delete()[0]
        self.stdout.write(f"Deleted {deleted} answers.")
