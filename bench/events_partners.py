"""What a partner sees of a year with a million orders: dashboard, events, analytics. BENCH_ORDERS sets the number.

One day of orders is made, and copied in the database to each day of the year. Promise: at most 12 queries, within a
second.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from time import perf_counter

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.sessions.tokens import open_session
from bench.databases import throwaway
from bench.events_data import analyze
from events.models import (
    Event,
    Organizer,
    OrganizerMember,
    Quota,
    Ticket,
    TicketOrder,
    TicketOrderLine,
    TicketOrderPayment,
    TicketType,
    Venue,
)
from events.money.summing import sum_days
from payments.models import Payment, Refund

ORDERS = int(os.environ.get("BENCH_ORDERS", "1000000"))
DAYS = 365
PER_DAY = -(-ORDERS // DAYS)
EVENTS, AT_ONCE = 200, 30  # in all, and on sale on one day
BUYERS = range(2, 1002)
PRICE, FEE = Decimal(5000), Decimal(245)
BACK = 100  # one ticket of so many went back
RUNS = 5
YEAR = "partners/analytics?start_date={:%Y-%m-%d}&end_date={:%Y-%m-%d}"
TABLES: tuple[type[Model], ...] = (Payment, Refund, TicketOrder, TicketOrderLine, TicketOrderPayment, Ticket)
# How the rows of another day differ: `rows` is what their keys are higher by, `events` the same of their events.
LATER = "{column} + {rows}"
OTHERWISE = {
    **dict.fromkeys(("id", "order_id", "line_id", "payment_id", "ticket_order_id", "refund_id"), LATER),
    **dict.fromkeys(("created_at", "updated_at", "settled_at", "counted_at"), "'{moment}'"),
    "event_id": "event_id + {events}",
    "ticket_type_id": "ticket_type_id + 2 * {events}",
    "reference": "id + {rows}",
}
HEX = {"sqlite": "printf('%032x', id + {rows})", "mysql": "LPAD(HEX(id + {rows}), 32, '0')"}


def run() -> None:
    """Print a line for each request: its queries and milliseconds."""
    settings.EVENTS_THROTTLE_USER = ""
    settings.ALLOWED_HOSTS = ["testserver"]
    with throwaway(f"partners_{ORDERS}"):
        fill()
        print(f"\npartners ({connection.vendor}, {TicketOrder.objects.count():,} orders of a year): queries and ms")
        owner = OrganizerMember.objects.get().user
        token = open_session(user=owner, face="events").access
        today = timezone.now()
        for name, path in {
            "dashboard": "partners/dashboard",
            "events": "partners/events",
            "analytics": YEAR.format(today - timedelta(days=DAYS - 1), today),
        }.items():
            measure(name, path, token)


def measure(name: str, path: str, token: str) -> None:
    """A line: how many queries the call makes, and the median of its time."""
    client, times = Client(headers={"authorization": f"Bearer {token}"}), []
    for _ in range(RUNS):
        start = perf_counter()
        answer = client.get(f"/events/api/v1/{path}")
        times.append((perf_counter() - start) * 1000)
        assert answer.status_code == 200, answer.content
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/events/api/v1/{path}")
    print(f"  {name:24}{len(queries):4}{sorted(times)[RUNS // 2]:9.1f}", flush=True)


def fill() -> None:
    """The year, unless it is there; its days are summed as the chore does it."""
    now = timezone.now()
    if not TicketOrder.objects.exists():
        make_events(now)
        make_day(now)
        for day in range(1, DAYS):
            copy_day(day, now - timedelta(days=day))
        analyze(*TABLES)
    start = perf_counter()
    days = sum_days(now=now)
    print(f"  {days} days summed in {perf_counter() - start:.1f} s")


def make_events(now: datetime) -> None:
    """What is sold, of one organizer, who has an owner, and who buys it."""
    owner = User.objects.create(email="owner@example.com", password="!")
    User.objects.bulk_create(User(pk=buyer, email=f"{buyer}@example.com", password="!") for buyer in BUYERS)
    organizer = Organizer.objects.create(name="Lagoon", email="lagoon@example.com", verified_at=now)
    OrganizerMember.objects.create(organizer=organizer, user=owner, role=OrganizerMember.Role.OWNER)
    venue = Venue.objects.create(name="Eko Hall", city="Lagos")
    for number in range(1, EVENTS + 1):
        event = Event(pk=number, organizer=organizer, category_id=1, title=f"Night {number}", status="published")
        event.set_venue(venue)
        event.set_times(now + timedelta(days=number), now + timedelta(days=number, hours=3))
        event.save(force_insert=True)
        for key, name in ((2 * number - 1, "Regular"), (2 * number, "VIP")):
            quota = Quota.objects.create(event=event, size=ORDERS)
            TicketType.objects.create(pk=key, event=event, name=name, price=PRICE, quota=quota)


def make_day(at: datetime) -> None:
    """The orders that are copied to the other days."""
    rows: dict[type[Model], list[Model]] = {model: [] for model in TABLES}
    for key in range(1, PER_DAY + 1):
        for row in an_order(key, at):
            rows[type(row)].append(row)
    for model in TABLES:
        model._default_manager.bulk_create(rows[model], batch_size=500)


def an_order(key: int, at: datetime) -> Iterator[Model]:
    """A paid order of one ticket, most often used by now; all its rows have one key."""
    event = key % AT_ONCE + 1
    kind = 2 * event - key % 2
    whose = {"user_id": BUYERS[key % len(BUYERS)], "event_id": event}
    refund = key if key % BACK == 0 else None
    status = "cancelled" if refund else "used" if key % 5 else "active"
    money = {"amount": PRICE, "status": "succeeded", "settled_at": at}
    yield Payment(pk=key, user_id=whose["user_id"], currency="NGN", gateway="paystack", **money)
    if refund:
        yield Refund(pk=refund, payment_id=key, **money)
    yield TicketOrder(pk=key, reference=key, status="completed", total=PRICE, created_at=at, **whose)
    amounts = {"price": PRICE, "fee": FEE, "quantity": 1, "subtotal": PRICE}
    yield TicketOrderLine(pk=key, order_id=key, ticket_type_id=kind, name="x", **amounts)
    yield TicketOrderPayment(pk=key, ticket_order_id=key, payment_id=key, counted_at=at)
    about = {"ticket_type_id": kind, "refund_id": refund, "checked_in_at": at}
    yield Ticket(pk=key, order_id=key, line_id=key, number=1, status=status, **about, **whose)


@transaction.atomic
def copy_day(day: int, moment: datetime) -> None:
    """The orders of the first day once more, at another moment and of other events."""
    rows, events = day * PER_DAY, day * (EVENTS - AT_ONCE) // DAYS
    changes = {**OTHERWISE, "key": HEX[connection.vendor]}
    with connection.cursor() as cursor:
        for model in TABLES:
            table, columns = model._meta.db_table, [str(field.column) for field in model._meta.concrete_fields]
            names = {column: connection.ops.quote_name(column) for column in columns}
            values = [
                changes.get(column, name).format(column=column, rows=rows, events=events, moment=f"{moment:%F %T}")
                for column, name in names.items()
            ]
            into, what = ", ".join(names.values()), ", ".join(values)
            cursor.execute(f"INSERT INTO {table} ({into}) SELECT {what} FROM {table} WHERE id <= {PER_DAY}")
