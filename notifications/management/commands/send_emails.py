"""Send what is due."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.models import Email
from notifications.outbox.sending import deliver, follow_up

# How many mails a process looks up at once: those beside it take some of them meanwhile.
BATCH = 50


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
        stopped = outcomes[Email.Status.BOUNCED] + outcomes[Email.Status.SUPPRESSED]
        self.stdout.write(
            f"{outcomes[Email.Status.SENT]} sent, {outcomes[Email.Status.QUEUED]} to be tried again, "
            f"{outcomes[Email.Status.FAILED]} parked, {stopped} to addresses that take no mail, "
            f"{outcomes[None]} left to another sender."
        )


def due_mails() -> Iterator[Email]:
    """The mails that are due at this moment, oldest first, each read only when its turn comes.

    Whoever tries a mail moves it out of what is due now, so a batch is never looked up twice.
    """
    due = Email.objects.due(now=timezone.now()).order_by("next_attempt_at", "pk").values_list("pk", flat=True)
    while batch := list(due[:BATCH]):
        for pk in batch:
            yield Email.objects.get(pk=pk)
