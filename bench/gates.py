"""The gates: how many queries a scan uses, how long it takes at 20 gates at once, and 500 that were made offline.

The goals: at most 8 queries, and 99 of 100 scans within 50 ms at 20 gates. A gate scans every two seconds, which is
as fast as people show their tickets: ten scans a second in all, not as many as the machine can bear. On SQLite the
gates take turns.
"""

import json
import time
from datetime import timedelta
from itertools import count
from statistics import median
from threading import Barrier, Thread
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.sessions.tokens import open_session
from bench.databases import throwaway
from events.api.face import EVENTS
from events.gate.issuing import issue_tickets
from events.models import (
    Category,
    Event,
    Organizer,
    OrganizerMember,
    Quota,
    Ticket,
    TicketOrder,
    TicketOrderLine,
    TicketType,
    Venue,
)

GATES, SCANS, PAUSE = 20, 15, 2.0
OFFLINE = 500
GOAL = 50
AUTHENTICATION = 1  # the query that finds the session and its user
MARKS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")
numbers = count(time.time_ns())


def run() -> None:
    """Print one line for each way of scanning."""
    unlimited = {name: "" for name in dir(settings) if "_THROTTLE_" in name}
    with throwaway("gates"), override_settings(ALLOWED_HOSTS=["testserver"], **unlimited):
        gates = Gates()
        tickets = gates.sell(GATES * SCANS + OFFLINE + 1)
        print(f"\ngates ({connection.vendor}, {GATES} gates)")
        queries(gates, tickets.pop())
        at_once(gates, [tickets.pop() for _ in range(GATES * SCANS)])
        offline(gates, tickets)


class Gates:
    """An event tonight, and a scanner."""

    def __init__(self) -> None:
        self.scanner, _ = User.objects.get_or_create(email="gates@example.com", defaults={"password": "!"})
        organizer = Organizer.objects.create(name="Bench", email="bench@example.com", verified_at=timezone.now())
        OrganizerMember.objects.create(organizer=organizer, user=self.scanner, role=OrganizerMember.Role.SCANNER)
        venue = Venue.objects.create(name="Hall", city="Lagos")
        self.event = Event(
            organizer=organizer, category=Category.objects.get(pk=1), title="Tonight", status=Event.Status.PUBLISHED
        )
        self.event.set_venue(venue)
        self.event.set_times(timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=4))
        self.event.save()
        quota = Quota.objects.create(event=self.event, size=10_000)
        self.kind = TicketType.objects.create(event=self.event, name="Entry", price=0, quota=quota)

    @transaction.atomic
    def sell(self, number: int) -> list[Ticket]:
        """So many tickets, without asking whether there are."""
        order = TicketOrder.objects.create(
            user=self.scanner, event=self.event, status="completed", reference=f"bench-{next(numbers)}", total=0
        )
        TicketOrderLine.objects.create(
            order=order, ticket_type=self.kind, name="Entry", price=0, fee=0, quantity=number, subtotal=0
        )
        return issue_tickets(order=order)

    def client(self) -> APIClient:
        """A gate's own client, which looks at nothing but the answer."""
        token = open_session(user=self.scanner, face=EVENTS.name).access
        return APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")

    def post(self, client: APIClient, call: str, body: dict[str, Any]) -> float:
        """One call; how long it took, in milliseconds."""
        start = time.perf_counter()
        url = f"{EVENTS.mounts[0]}/check-in/lists/{self.event.pk}/{call}"
        answer = client.generic("POST", url, json.dumps(body), content_type="application/json")
        took = (time.perf_counter() - start) * 1000
        if answer.status_code != 200 or answer.json().get("result", "admitted") != "admitted":
            raise SystemExit(f"{call}: {answer.status_code} {answer.content.decode()[:500]}")
        return took


def told(ticket: Ticket) -> dict[str, Any]:
    return {"code": ticket.code, "scan_id": f"bench {ticket.pk}", "gate": "North"}


def queries(gates: Gates, ticket: Ticket) -> None:
    """What the first scan of a ticket asks the database."""
    client = gates.client()
    with CaptureQueriesContext(connection) as captured:
        gates.post(client, "scan", told(ticket))
    used = sum(not query["sql"].startswith(MARKS) for query in captured.captured_queries) - AUTHENTICATION
    print(f"  one scan                     {used:3} queries of 8")


def at_once(gates: Gates, tickets: list[Ticket]) -> None:
    """Each gate scans its tickets, all gates at the same time."""
    times: list[float] = []
    all_open = Barrier(GATES)

    def work(gate: int) -> None:
        client = gates.client()
        client.get(f"{EVENTS.mounts[0]}/check-in/lists")  # opens its connection, as a server's thread has one
        all_open.wait()
        time.sleep(PAUSE * gate / GATES)
        for ticket in tickets[gate::GATES]:
            took = gates.post(client, "scan", told(ticket))
            times.append(took)
            time.sleep(max(PAUSE - took / 1000, 0))
        connection.close()

    threads = [Thread(target=work, args=(gate,)) for gate in range(GATES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    p99 = times[int(len(times) * 0.99) - 1]
    print(f"  one each {PAUSE:.0f} s at {GATES} gates   {median(times):7.1f} ms  (p50; p99 {p99:.1f} of {GOAL})")


def offline(gates: Gates, tickets: list[Ticket]) -> None:
    """One device hands in what it scanned."""
    took = gates.post(gates.client(), "sync", {"scans": [told(ticket) for ticket in tickets[:OFFLINE]]})
    print(f"  {OFFLINE} scans made offline      {took:7.1f} ms")
