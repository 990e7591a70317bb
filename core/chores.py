"""What core clears up."""

from datetime import time
from io import StringIO

from django.core.management import call_command

from core.clock.registry import chore
from core.models import IdempotentRequest, is_expired

BATCH = 1000


@chore(at=time(3, 10), does="deletes answers kept for an Idempotency-Key that are older than 24 hours")
def clear_idempotency_keys() -> str:
    deleted = 0
    while batch := list(IdempotentRequest.objects.filter(is_expired()).values_list("pk", flat=True)[:BATCH]):
        deleted += IdempotentRequest.objects.filter(pk__in=batch).delete()[0]
    return f"Deleted {deleted} answers."


@chore(at=time(3, 20), does="deletes the records of background tasks that finished more than 14 days ago")
def clear_task_results() -> str:
    call_command("prune_db_task_results", verbosity=0, stdout=StringIO())
    return "Deleted the records of old background tasks."
