"""Sales, refunds and payouts as rows, at any moment of the past: what the selling of tickets leaves behind."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import UserFactory
from core.money import to_minor
from events.accounts import TicketAccount
from events.fees import ticket_fee
from events.models import Event, Ticket, TicketOrder, TicketOrderPayment, TicketType
from payments.ledger import Account, book
from payments.models import Payment, Refund

NGN = "NGN"
OWED, FEES = TicketAccount.OWED_TO_ORGANIZERS, TicketAccount.PLATFORM_FEES


def over(days: int = 10) -> dict[str, datetime]:
    """Start and end of an event that was so many days ago."""
    starts_at = timezone.now() - timedelta(days=days)
    return {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3)}


@transaction.atomic
def sell(event: Event, *, at: datetime | None = None, user: User | None = None, **quantities: int) -> TicketOrder:
    """A completed order of so many tickets of the types by their names, paid and booked, with its tickets."""
    user, at = user or UserFactory(), at or timezone.now()
    types = {kind.name: kind for kind in event.ticket_types.all()}
    wanted = {types[name]: quantity for name, quantity in quantities.items()}
    total = sum((kind.price * quantity for kind, quantity in wanted.items()), Decimal(0))
    order = TicketOrder.objects.create(
        user=user, event=event, status="completed", reference=f"PNG-{uuid4().hex}", total=total, created_at=at
    )
    for kind, quantity in wanted.items():
        add_line(order, kind, quantity, at)
    if total:
        settle(order, at)
    return order


def add_line(order: TicketOrder, kind: TicketType, quantity: int, at: datetime) -> None:
    """The line with its tickets."""
    fee = ticket_fee(kind.price, percent=Decimal("2.9"), fixed=Decimal(100))
    line = order.lines.create(
        ticket_type=kind, name=kind.name, price=kind.price, fee=fee, quantity=quantity, subtotal=kind.price * quantity
    )
    for number in range(1, quantity + 1):
        order.tickets.create(
            line=line, number=number, event=order.event, ticket_type=kind, user=order.user, attendee_name="Ada Obi"
        )
    order.tickets.update(created_at=at)


def settle(order: TicketOrder, at: datetime) -> None:
    """Its payment, as it is booked."""
    payment = Payment.objects.create(
        user=order.user, amount=order.total, currency=NGN, gateway="sandbox", status="succeeded", settled_at=at
    )
    TicketOrderPayment.objects.create(ticket_order=order, payment=payment, counted_at=at)
    amount, fees = to_minor(order.total, NGN), sum(to_minor(line.fee_total, NGN) for line in order.lines.all())
    paid = {Account.CLEARING: amount, Account.DEPOSITS: -amount}
    sold = {Account.DEPOSITS: amount, OWED: fees - amount, FEES: -fees}
    for key, kind, lines in (
        (f"payment-settled:{payment.pk}", "payment_settled", paid),
        (f"ticket_order-paid:{payment.pk}", "ticket_order_paid", sold),
    ):
        subject = order.holder if lines is sold else ""
        book(key=key, kind=kind, lines=lines, currency=NGN, subject=subject, payment=payment, at=at)


@transaction.atomic
def refund(*tickets: Ticket, at: datetime | None = None) -> Refund:
    """The price of these tickets of one order went back."""
    order, at = tickets[0].order, at or timezone.now()
    payment = order.payments().get()
    amount = sum((ticket.line.price for ticket in tickets), Decimal(0))
    made = Refund.objects.create(
        payment=payment, amount=amount, reason="Given back", status="succeeded", gateway_id="1", settled_at=at
    )
    payment.refunded_amount += amount
    payment.save()
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(status="cancelled", refund=made)
    gone, fees = to_minor(amount, NGN), sum(to_minor(ticket.line.fee, NGN) for ticket in tickets)
    back = {Account.DEPOSITS: gone, Account.CLEARING: -gone}
    taken = {OWED: gone - fees, FEES: fees, Account.DEPOSITS: -gone}
    about: dict[str, Any] = {"currency": NGN, "payment": payment, "at": at}
    book(key=f"refund-settled:{made.pk}", kind="refund_settled", lines=back, **about)
    key = f"ticket_order-refunded:{made.pk}"
    book(key=key, kind="ticket_order_refunded", lines=taken, subject=order.holder, **about)
    return made
