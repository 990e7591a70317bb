"""Send what is due."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.follow_ups import follow_up
from notifications.models import Email
from notifications.tasks import deliver


class Command(BaseCommand):
    """Drains the outbox without a worker, and sweeps up what a killed worker left.

    What should have followed from a sent mail and did not is done, too. Safe to run twice and on two machines at
    once: each mail is claimed before it is sent.
    """

    help = "Send every mail that is due, and say how many were sent, will be tried again, or are parked."

    def handle(self, *args: Any, **options: Any) -> None:
        """Try each due mail once."""
        for email in Email.objects.to_follow_up().order_by("pk"):
            follow_up(email=email)
        outcomes = Counter(deliver(email=email) for email in due_mails())
        self.stdout.write(
            f"{outcomes[Email.Status.SENT]} sent, {outcomes[Email.Status.QUEUED]} to be tried again, "
            f"{outcomes[Email.Status.FAILED]} parked, {outcomes[None]} left to another sender."
        )


def due_mails() -> Iterator[Email]:
    """The mails that are due at this moment, oldest first, each read only when its turn comes."""
    due = Email.objects.due(now=timezone.now()).order_by("next_attempt_at", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        yield Email.objects.get(pk=pk)
