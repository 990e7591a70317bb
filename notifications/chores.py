"""What repeats about mails."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from core.clock.registry import chore
from events.models import Organizer, TicketOrder, TicketOrderStatusChange
from notifications.mails.partners import PartnerOrders
from notifications.mails.staff_shop import Digest
from notifications.models import Email
from notifications.outbox.queueing import queue_mail
from notifications.outbox.sending import deliver, follow_up

# How many mails a process looks up at once: those beside it take some of them meanwhile.
BATCH = 50
CLEARED_AT_ONCE = 1000


@chore(every=timedelta(minutes=1), deadline=timedelta(minutes=30), does="sends mails that a killed worker left")
def send_emails() -> str:
    """Each mail is claimed before it is sent. What should have followed from a sent mail and did not is done, too."""
    for email in Email.objects.to_follow_up().order_by("pk"):
        follow_up(email=email)
    outcomes = Counter(deliver(email=email) for email in due_mails())
    stopped = outcomes[Email.Status.BOUNCED] + outcomes[Email.Status.SUPPRESSED]
    return (
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


@chore(at=time(0, 5), does="sends staff the list of yesterday's orders (UTC), once")
def send_digest() -> str:
    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    return f"The digest of {yesterday} is queued for {queue_digest(day=yesterday)} people."


def queue_digest(*, day: date) -> int:
    """Queue the digest of the orders placed on `day` (UTC) for all staff; how many they are.

    Once for each day and person, however often it is called. A day without orders has no mail.
    """
    digest = Digest(day)
    return queue_mail(digest) if digest.orders.exists() else 0


@chore(every=timedelta(hours=1), does="sends organizers what was ordered in the last whole hour")
def mail_partner_orders() -> str:
    """One mail an hour and organizer instead of one an order. Each hour once, however often it runs."""
    until = timezone.now().replace(minute=0, second=0, microsecond=0)
    since = until - timedelta(hours=1)
    completed = TicketOrderStatusChange.objects.filter(
        status=TicketOrder.Status.COMPLETED, created_at__range=(since, until)
    )
    organizers = Organizer.objects.filter(pk__in=completed.values("subject__event__organizer")).order_by("pk")
    queued = sum(queue_mail(PartnerOrders(organizer, since=since, until=until)) for organizer in organizers)
    return f"{queued} mails about the orders since {since:%H:%M} UTC."


@chore(at=time(3, 30), does="removes the texts of mails older than `MAIL_BODY_DAYS` (90)")
def clear_mail_bodies() -> str:
    """The record of each mail stays: kind, subject, recipient, what became of it. One that waits is left alone."""
    now = timezone.now()
    old = Email.objects.with_old_body(before=now - timedelta(days=settings.MAIL_BODY_DAYS)).order_by("pk")
    removed = 0
    while batch := list(old.values_list("pk", flat=True)[:CLEARED_AT_ONCE]):
        removed += Email.objects.filter(pk__in=batch).update(
            text="", html="", secret="", context={}, body_removed_at=now
        )
    return f"Removed the texts of {removed} mails."
