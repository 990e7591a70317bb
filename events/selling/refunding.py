"""Tickets that go back: by the event's policy, by staff, and all of them when an event is cancelled."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from django_tasks import task

from core.db import transactional
from core.errors import DomainError, InvalidInput
from core.money import ZERO
from core.tasks import enqueue
from events.models import Event, Ticket, TicketOrder
from events.refund_policy import RefundPolicy
from events.selling import expiring, places
from events.selling.errors import NotRefundable
from events.signals import event_changed, tickets_refunding
from payments.models import Payment, Refund
from payments.refunds.services import request_refund

logger = logging.getLogger(__name__)
Status = TicketOrder.Status
EVENT_CANCELLED = "The event was cancelled"


@dataclass(frozen=True)
class Terms:
    """What goes back of a price, until when; `refusal` says why nothing does."""

    percent: int = 0
    until: datetime | None = None
    refusal: str = ""

    def amount(self, price: Decimal) -> Decimal:
        """What goes back of a ticket's price."""
        return RefundPolicy(until_hours=0, percent=self.percent).amount(price)


@dataclass(frozen=True)
class Quote:
    """What its buyer would get back now, for which tickets; `reason` says why nothing."""

    amount: Decimal
    tickets: list[Ticket]
    until: datetime | None
    reason: str


IN_FULL = Terms(percent=100)


def terms_of(order: TicketOrder) -> Terms:
    """What its event promises a buyer at this moment."""
    event, now = order.event, timezone.now()
    if order.status != Status.COMPLETED:
        return Terms(refusal=f"The order is {order.status}.")
    if event.status == Event.Status.CANCELLED:
        return IN_FULL
    if event.moved_at and order.created_at < event.moved_at and now < event.starts_at:
        return Terms(percent=100, until=event.starts_at)
    if event.refund_percent is None or event.refund_until_hours is None:
        return Terms(refusal="The organizer gives no refunds for this event.")
    policy = RefundPolicy(until_hours=event.refund_until_hours, percent=event.refund_percent)
    until = policy.deadline(event.starts_at)
    if now >= until:
        return Terms(until=until, refusal="The time for refunds is over.")
    return Terms(percent=policy.percent, until=until)


def quote(order: TicketOrder) -> Quote:
    """What the buyer would get back now for all tickets that can go back."""
    terms = terms_of(order)
    mine = [] if terms.refusal else list(returnable(order).select_related("line").with_details())
    reason = terms.refusal or ("" if mine else "No ticket can be given back.")
    return Quote(amount_for(mine, terms), mine, terms.until, reason)


def returnable(order: TicketOrder) -> Any:
    """The tickets that the buyer may give back: not scanned, not cancelled, and not another's by now."""
    return order.tickets.filter(status=Ticket.Status.ACTIVE, user=order.user_id).order_by("pk")


def amount_for(tickets: Iterable[Ticket], terms: Terms) -> Decimal:
    """What goes back for these tickets."""
    return sum((terms.amount(ticket.line.price) for ticket in tickets), ZERO)


def refund_by_buyer(*, order: TicketOrder, ticket_ids: Sequence[int] | None, by: Any) -> Refund | None:
    """The buyer gives these tickets back, or all that can go back. Raises NotRefundable, InvalidInput."""
    tickets = list(returnable(order) if ticket_ids is None else order.tickets.filter(pk__in=ticket_ids))
    if ticket_ids is not None and len(tickets) < len(set(ticket_ids)):
        raise InvalidInput.at("ticket_ids", "There is no such ticket in this order.")
    return refund_tickets(order=order, tickets=tickets, by=by, reason="Given back by the buyer")


@transactional
def refund_tickets(
    *, order: TicketOrder, tickets: Sequence[Ticket], by: Any, reason: str, full: bool = False
) -> Refund | None:
    """Cancel whole tickets and send their worth back; the refund, which a worker sends, or None where none is due.

    By the policy, which also binds staff unless `full` is theirs to say: then all of the price goes back, of scanned
    tickets too. Their places are free at once. A ticket whose refund failed can be refunded again by staff. Raises
    NotRefundable, RefundTooLarge; then nothing is changed.
    """
    order.lock_with_payments()
    terms = IN_FULL if full else terms_of(order)
    chosen = list(order.tickets.filter(pk__in=[one.pk for one in tickets]).select_related("line", "refund"))
    refuse(order, chosen, terms, by=by, full=full)
    amount = amount_for(chosen, terms)
    refund = send_back(order, amount, by=by, reason=reason, full=full) if amount else None
    cancel(order, [one for one in chosen if one.status != Ticket.Status.CANCELLED], by=by, reason=reason, full=full)
    Ticket.objects.filter(pk__in=[one.pk for one in chosen]).update(refund=refund)
    if refund:
        tickets_refunding.send(sender=TicketOrder, order=order, refund=refund, tickets=chosen)
    else:
        conclude(order)
    return refund


def refuse(order: TicketOrder, chosen: Sequence[Ticket], terms: Terms, *, by: Any, full: bool) -> None:
    """Raise NotRefundable unless all of these tickets may go back."""
    if terms.refusal:
        raise NotRefundable(terms.refusal)
    if not chosen:
        raise NotRefundable("No ticket can be given back.")
    is_staff = full or getattr(by, "is_staff", False)
    for ticket in chosen:
        if ticket.status == Ticket.Status.CANCELLED and not (is_staff and has_failed(ticket)):
            raise NotRefundable("A ticket was given back before.")


def has_failed(ticket: Ticket) -> bool:
    """Whether its money did not go back."""
    return ticket.refund is not None and ticket.refund.status == Refund.Status.FAILED


def send_back(order: TicketOrder, amount: Decimal, *, by: Any, reason: str, full: bool) -> Refund | None:
    """A refund of the order's payment; in full, what is left of it at most. Raises RefundTooLarge."""
    payment = order.counted_payments().get()
    due = min(amount, payment.refundable) if full else amount
    asked_by = by if getattr(by, "is_staff", False) else None
    return request_refund(payment=payment, amount=due, reason=reason, by=asked_by) if due else None


def cancel(order: TicketOrder, tickets: Sequence[Ticket], *, by: Any, reason: str, full: bool = False) -> None:
    """Free the places of these tickets, lock them, and cancel them. Raises NotRefundable.

    Only a locked ticket is neither scanned nor handed over any more.
    """
    kinds = {line.pk: line.ticket_type for line in order.lines.select_related("ticket_type")}
    places.give_back(Counter(kinds[ticket.line_id] for ticket in tickets))
    ids = [ticket.pk for ticket in tickets]
    locked = list(Ticket.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    if not (full or getattr(by, "is_staff", False)):
        refuse_lost(order, locked)
    for ticket in locked:
        ticket.move_to(Ticket.Status.CANCELLED, by=by, note=reason)


def refuse_lost(order: TicketOrder, tickets: Sequence[Ticket]) -> None:
    """Raise NotRefundable for a ticket that the buyer used up or handed over."""
    if any(ticket.status == Ticket.Status.USED for ticket in tickets):
        raise NotRefundable("A ticket was scanned: only staff can refund it.")
    if any(ticket.user_id != order.user_id for ticket in tickets):
        raise NotRefundable("A ticket is another person's by now.")


def conclude(order: TicketOrder, payment: Payment | None = None) -> None:
    """Money went back: the order is refunded with its last ticket, once all that is due is back.

    Whoever sends all of a payment back at the gateway itself cancels its tickets by that. The caller holds the locks
    of the payment and the order.
    """
    is_all_back = payment is not None and payment.refunded_amount == payment.amount
    left = list(order.tickets.exclude(status=Ticket.Status.CANCELLED))
    if is_all_back and left:
        cancel(order, left, by=None, reason="All of its money went back", full=True)
        left = []
    is_under_way = order.tickets.exclude(refund=None).exclude(refund__status=Refund.Status.SUCCEEDED).exists()
    if is_all_back or (order.tickets.exists() and not left and not is_under_way):
        order.move_to(Status.REFUNDED, note="All of it went back")


@transactional
def cancel_event(*, event: Event, by: Any, reason: str) -> None:
    """Cancel the event; a worker refunds every paid order in full and lets the unpaid ones go. Raises WrongStatus."""
    event.move_to(Event.Status.CANCELLED, by=by, note=reason)
    enqueue(close_orders_task, event_id=event.pk)


@task
def close_orders_task(event_id: int) -> None:
    """The worker's turn at the orders of a cancelled event; what it leaves the chore finds."""
    close_orders(TicketOrder.objects.filter(event=event_id))


def close_orders(orders: Any = None) -> int:
    """Let go and refund in full what is left of the orders of cancelled events; how many there were."""
    of_cancelled = (TicketOrder.objects.all() if orders is None else orders).filter(
        event__status=Event.Status.CANCELLED
    )
    unpaid = list(of_cancelled.held().order_by("pk"))
    for order in unpaid:
        expiring.release(order, status=Status.CANCELLED, note=EVENT_CANCELLED)
    valid = (Ticket.Status.ACTIVE, Ticket.Status.USED, Ticket.Status.EXPIRED)
    paid = list(of_cancelled.filter(status=Status.COMPLETED, tickets__status__in=valid).distinct().order_by("pk"))
    for order in paid:
        try:
            refund_order(order)
        except DomainError as error:
            logger.error("%s of a cancelled event is not refunded: %s", order, error.message)
    return len(unpaid) + len(paid)


@transactional
def refund_order(order: TicketOrder) -> None:
    """Give back all of an order's tickets that are left, in full, unless others just did."""
    order.lock_with_payments()
    tickets = list(order.tickets.exclude(status=Ticket.Status.CANCELLED))
    if tickets:
        refund_tickets(order=order, tickets=tickets, by=None, reason=EVENT_CANCELLED, full=True)


@receiver(event_changed)
def note_move(event: Event, changes: dict[str, Any], **_: Any) -> None:
    """Another start or venue: whoever ordered before may have all of the price back."""
    if {"starts_at", "venue", "venue_id"} & changes.keys():
        event.moved_at = timezone.now()
        Event.objects.filter(pk=event.pk).update(moved_at=event.moved_at)
