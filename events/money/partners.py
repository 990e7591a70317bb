"""What an organizer's owners and managers see of their events: few queries, however many orders there are."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from core.money import ZERO, quantize
from events.days import LAGOS
from events.models import Event, Organizer, OrganizerMember, Ticket, TicketOrder, TicketType, WaitingEntry
from events.models.order import CURRENCY
from events.money.figures import SalesFigures
from events.money.summing import Figures
from payments.models import Payment, Refund

NEXT, RECENT = 5, 10
PAID = (TicketOrder.Status.COMPLETED, TicketOrder.Status.REFUNDED)


def dashboard(user: Any) -> dict[str, Any]:
    """How the organizers of the user are doing, since they began."""
    mine = Organizer.objects.of_member(user, *OrganizerMember.MANAGING)
    organizers = list(mine.annotate(paid_out=Sum("payouts__amount")))
    events = Event.objects.filter(organizer__in=organizers)
    # By their keys the newest orders are read from the end of the table; a subquery would have all of them sorted.
    statuses = dict(events.order_by().values_list("pk", "status"))
    ids, by_status = list(statuses), Counter(statuses.values())
    total = SalesFigures(event__in=ids).total()
    tickets = tickets_by_status(ids)
    paid_out = quantize(sum((organizer.paid_out or ZERO for organizer in organizers), ZERO))
    return {
        "organizers": organizers,
        "events": {"total": len(ids), **{one: by_status[one] for one in Event.Status.values}},
        **amounts(total),
        "tickets_sold": total.tickets - tickets[Ticket.Status.CANCELLED],
        "checked_in": tickets[Ticket.Status.USED],
        "paid_out": paid_out,
        "balance": total.net - paid_out,
        "currency": CURRENCY,
        "next_events": events.published().filter(starts_at__gt=timezone.now()).select_related("venue")[:NEXT],
        "recent_orders": recent_orders(ids),
    }


def amounts(figures: Figures) -> dict[str, Any]:
    """What a partner sees of figures."""
    return {
        "orders": figures.first_orders,
        "tickets": figures.tickets,
        "gross": figures.gross,
        "fees": figures.fees,
        "refunds": figures.refunds,
        "net": figures.net,
    }


def tickets_by_status(events: list[int]) -> dict[str, int]:
    """How many tickets were used, and how many are cancelled; counted in passing, without a temporary table."""
    told = (Ticket.Status.USED, Ticket.Status.CANCELLED)
    counts = {status.value: Count("pk", filter=Q(status=status)) for status in told}
    return Ticket.objects.filter(event__in=events, status__in=told).aggregate(**counts)


def recent_orders(events: list[int]) -> QuerySet[TicketOrder]:
    """The newest orders that were paid, or cost nothing.

    Which they are is asked first: joined at once, all orders would be sorted with all that is shown.
    """
    paid = TicketOrder.objects.filter(event__in=events, status__in=PAID).order_by("-pk")
    newest = TicketOrder.objects.filter(pk__in=list(paid.values_list("pk", flat=True)[:RECENT]))
    return newest.select_related("event", "user").annotate(tickets_count=Count("tickets")).order_by("-pk")


def with_sales(events: Iterable[Event]) -> list[Event]:
    """The events of a page (`Event.objects.with_details()`), each with its `figures`: places, tickets and money."""
    page = list(events)
    ids = [event.pk for event in page]
    sales, held = SalesFigures(event__in=ids).by("event"), places_held(ids)
    used = Ticket.objects.filter(event__in=ids, status=Ticket.Status.USED).order_by().values_list("event")
    checked_in = dict(used.annotate(Count("pk")))
    for event in page:
        taken = sum(kind.quota.taken for kind in event.ticket_types.all())
        event.figures = SimpleNamespace(  # type: ignore[attr-defined]  # for the shape alone
            **amounts(sales.get(event.pk, Figures())),
            capacity=capacity(event.ticket_types.all()),
            sold=max(taken - held[event.pk], 0),
            held=held[event.pk],
            checked_in=checked_in.get(event.pk, 0),
        )
    return page


def capacity(kinds: Iterable[TicketType]) -> int:
    """How many tickets of these types there can be; a shared quota bounds those that share it."""
    sizes, shared = Counter[int | None](), {}
    for kind in kinds:
        sizes[kind.shared_quota_id] += kind.quota.size
        shared[kind.shared_quota_id] = kind.shared_quota
    return sum(min(size, quota.size) if (quota := shared[key]) else size for key, size in sizes.items())


def places_held(events: list[int]) -> Counter[int]:
    """The places that unpaid orders and offers of the waiting list hold, by event."""
    held = Counter[int]()
    orders = TicketOrder.objects.held().filter(event__in=events).order_by()
    offers = WaitingEntry.objects.filter(event__in=events, status=WaitingEntry.Status.OFFERED).order_by()
    held.update(dict(orders.values_list("event").annotate(Sum("lines__quantity"))))
    held.update(dict(offers.values_list("event").annotate(Sum("quantity"))))
    return held


def analytics(user: Any, *, first: date, last: date) -> dict[str, Any]:
    """What was sold from the first day to the last one, in Lagos; the series has every day and sums to the totals."""
    figures = SalesFigures(first=first, last=last, event__in=Event.objects.managed_by(user))
    days = figures.by("day")
    series = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    events, kinds = figures.by("event"), figures.by("ticket_type")
    titles = Event.objects.in_bulk(list(events))
    types = TicketType.objects.in_bulk(list(kinds))
    return {
        "start_date": first,
        "end_date": last,
        "time_zone": str(LAGOS),
        "currency": CURRENCY,
        "totals": amounts(sum(days.values(), Figures())),
        "series": [{"date": day, **amounts(days.get(day, Figures()))} for day in series],
        "by_event": [
            {"event_id": pk, "title": titles[pk].title, **amounts(one)} for pk, one in sorted(events.items())
        ],
        "by_ticket_type": [
            {**of_type(types[pk]), **amounts(one), "orders": one.orders} for pk, one in sorted(kinds.items())
        ],
    }


def of_type(kind: TicketType) -> dict[str, Any]:
    """Which ticket type it is."""
    return {"ticket_type_id": kind.pk, "event_id": kind.event_id, "name": kind.name}


def attendees(event: Event) -> QuerySet[Ticket]:
    """The valid tickets of an event, in the order in which they were sold."""
    return Ticket.objects.valid().filter(event=event).select_related("order", "ticket_type", "user").order_by("pk")


def sum_to_go_back(event: Event) -> tuple[Decimal, int]:
    """What goes back when the event is cancelled, and of how many paid orders it is."""
    paid = Payment.objects.settled().filter(
        ticket_order_payment__ticket_order__event=event, ticket_order_payment__counted_at__isnull=False
    )
    back = Refund.objects.filter(payment__in=paid).exclude(status=Refund.Status.FAILED)
    brought, gone = (rows.aggregate(sum=Sum("amount"))["sum"] or ZERO for rows in (paid, back))
    return quantize(brought - gone), event.orders.filter(status=TicketOrder.Status.COMPLETED, total__gt=0).count()
