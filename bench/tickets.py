"""Ordering tickets: queries of one order, and how many tickets of one event are sold in a minute of rush.

The buyers come in `PROCESSES` processes that meet at one event, each order of two tickets (as the README's) through
the API; on MariaDB only does that say something, since SQLite has one writer. They are more than two cores, which
else would idle while a commit waits for the disk; it does where innodb_flush_log_at_trx_commit is 1. The budget of an
order is 22 queries, the goals 6,000 tickets a minute and 90 orders a second.
"""

import os
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.models import User
from accounts.sessions.tokens import open_session
from bench.databases import throwaway
from events.models import Category, Event, Organizer, Quota, TicketType, Venue
from events.selling.placing import MAX_UNPAID

PROCESSES = 4
TICKETS = 2  # of an order
ORDERS = 1200  # by all processes together
CROWD = 1200  # who come after the last ticket was sold


MOUNT = "/events/api/v1"
CLIENT = Client()


def run() -> None:
    """Print the queries of an order, and what a minute of rush and of a crowd that comes too late would bring."""
    unlimited = {name: "" for name in dir(settings) if name.startswith(("API_THROTTLE_", "EVENTS_THROTTLE_"))}
    known = {"EVENTS_GATEWAY": "paystack", "PAYSTACK_SECRET_KEY": "sk_test_bench", "WHITENOISE_AUTOREFRESH": True}
    with throwaway("tickets"), override_settings(ALLOWED_HOSTS=["testserver"], **unlimited, **known):
        print(f"\ntickets ({connection.vendor}, {PROCESSES} processes{durability()})")
        kind = ticket_type(size=TICKETS * (ORDERS + 1))
        token = tokens(1, "first")[0]
        with CaptureQueriesContext(connection) as captured:
            if order(kind, token) != 201:
                raise SystemExit("the first order was refused")
        print(f"  one order                    {len(captured):3} queries of 22")
        rush(kind, "rush", ORDERS, expected=201)
        rush(kind, "crowd", CROWD, expected=409)
        taken = Quota.objects.get(pk=kind.quota_id)
        assert taken.taken == taken.size


def durability() -> str:
    """How the server writes commits down."""
    if connection.vendor == "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@innodb_flush_log_at_trx_commit")
        return f", innodb_flush_log_at_trx_commit={cursor.fetchone()[0]}"


def rush(kind: TicketType, name: str, orders: int, *, expected: int) -> None:
    """Print how many orders a minute all processes together are answered with the `expected` status."""
    people = tokens(-(-orders // MAX_UNPAID), name)
    connection.close()
    start = time.perf_counter()
    children = [child(people[place::PROCESSES], kind, orders // PROCESSES, expected) for place in range(PROCESSES)]
    failed = [pid for pid in children if os.waitpid(pid, 0)[1]]
    seconds = time.perf_counter() - start
    if failed:
        raise SystemExit(f"{name}: an order was not answered with {expected}")
    tickets = 60 * TICKETS * orders / seconds
    print(f"  {name:28} {orders / seconds:7.0f} orders a second, {tickets:7.0f} tickets a minute")


def child(people: list[str], kind: TicketType, orders: int, expected: int) -> int:
    """A process that orders, one after the other; its id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        good = all(order(kind, people[number % len(people)]) == expected for number in range(orders))
        os._exit(0 if good else 1)
    finally:
        os._exit(2)


def order(kind: TicketType, token: str) -> int:
    """The status of an order."""
    body = {"event_id": kind.event_id, "tickets": [{"ticket_id": kind.pk, "quantity": TICKETS}]}
    return int(CLIENT.post(f"{MOUNT}/orders", body, "application/json", HTTP_AUTHORIZATION=token).status_code)


def ticket_type(*, size: int) -> TicketType:
    """What is on sale, of a new event."""
    category, _ = Category.objects.get_or_create(pk=1, defaults={"name": "Music", "slug": "music"})
    venue = Venue.objects.create(name="Eko Hall", city="Lagos")
    organizer = Organizer.objects.create(name="Lagoon", email="lagoon@example.com", verified_at=timezone.now())
    event = Event(organizer=organizer, category=category, title="Rush", status=Event.Status.PUBLISHED)
    event.set_venue(venue)
    event.set_times(timezone.now() + timedelta(days=7), timezone.now() + timedelta(days=7, hours=3))
    event.save()
    return TicketType.objects.create(
        event=event, name="Regular", price=5000, quota=Quota.objects.create(event=event, size=size)
    )


def tokens(number: int, name: str) -> list[str]:
    """The headers that sign new accounts in."""
    emails = [f"{name}{place}-{time.time_ns()}@example.com" for place in range(number)]
    people = [User.objects.create(email=email, password="!") for email in emails]
    return [f"Bearer {open_session(user=user, face='events').access}" for user in people]
