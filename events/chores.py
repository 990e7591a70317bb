"""What repeats in the box office."""

from collections.abc import Iterator
from datetime import date, time, timedelta

from django.utils import timezone

from core.clock.registry import chore
from events import completing
from events.models import TicketOrder
from events.money import summing
from events.selling import expiring, refunding, waiting


@chore(
    every=timedelta(minutes=1),
    does="lets unpaid ticket orders go whose hold is over, and refunds what is left of cancelled events",
)
def expire_ticket_orders(order: int | None = None) -> str:
    """With the id of an `order`, lets that unpaid hold go now."""
    if order is not None:
        found = TicketOrder.objects.filter(pk=order).first()
        if found is None:
            return f"ticket order {order}: there is none"
        was_held = expiring.release(found, note="Let go by staff")
        return f"ticket order {order}: {'let go' if was_held else f'nothing to do, it is {found.status}'}"
    return f"ticket orders let go: {expiring.expire_orders()}, of cancelled events: {refunding.close_orders()}"


@chore(every=timedelta(minutes=1), does="offers free places to those who wait for them, ends offers that ran out")
def offer_waiting_places() -> str:
    ended, made = waiting.offer_free_places()
    return f"offers of places ended: {ended}, made: {made}"


@chore(
    at=time(23, 15),
    does="sums the sales of the day in Lagos that is over, for the figures of partners (`--since 2026-11-01` sums "
    "all days from there on anew)",
)
def sum_sales(*, since: date | None = None) -> Iterator[str]:
    yield f"days summed: {summing.sum_days(now=timezone.now(), since=since)}"


@chore(every=timedelta(minutes=10), does="completes events that are over, and lets tickets expire that were not used")
def complete_events() -> str:
    completed, expired = completing.complete_events()
    return f"events completed: {completed}, tickets expired: {expired}"


@chore(every=timedelta(minutes=10), does="announces the events that begin within a day, each once")
def send_event_reminders() -> str:
    return f"events announced: {completing.send_event_reminders()}"
