"""How tickets are sold: what counting, booking, billing, refunding and proving an order of them means."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Sum

from core.money import ZERO, to_minor
from core.text.card_numbers import without_card_numbers
from events.accounts import TicketAccount
from events.models import TicketOrder, TicketOrderPayment
from events.money import summing
from events.selling import refunding, settling
from payments import sellables
from payments.disputes.evidence import customer_facts, history_facts
from payments.invoices.bills import Line, Parts, Seller
from payments.ledger import balance
from payments.ledger.clearing import amount_text
from payments.models import Payment, Refund
from payments.models.ledger import AnyAccount
from payments.sellables import Sellable

Status = TicketOrder.Status


OWED, FEES = TicketAccount.OWED_TO_ORGANIZERS, TicketAccount.PLATFORM_FEES


class TicketOrderSale(Sellable[TicketOrder, TicketOrderPayment]):
    """An order of tickets is paid at once; money for a hold that is over takes places again, or goes back."""

    thing, link = TicketOrder, TicketOrderPayment
    accounts = (OWED, FEES)
    has_common_address = False
    refusal = "{} has no places any more"

    def take(self, order: TicketOrder, link: TicketOrderPayment) -> bool:
        return settling.complete(order)

    def refunded(self, link: TicketOrderPayment, refund: Refund) -> None:
        refunding.conclude(self.locked(link.ticket_order_id), refund.payment)

    def returned(self, link: TicketOrderPayment, refund: Refund) -> None:
        refunding.conclude(self.locked(link.ticket_order_id), refund.payment)

    def buyer(self, order: TicketOrder) -> list[str]:
        return [order.contact_name or str(order.user), *filter(None, [order.contact_email, order.contact_phone])]

    def seller(self, order: TicketOrder) -> Seller:
        return Seller(name=settings.EVENTS_SELLER_NAME, address=settings.EVENTS_SELLER_ADDRESS)

    def parts(self, order: TicketOrder, link: TicketOrderPayment) -> Parts:
        lines, detail = order.lines.filter(price__gt=0), order.event.title
        return Parts([Line(line.name, line.price, line.quantity, detail=detail) for line in lines])

    def parts_back(self, link: TicketOrderPayment, refund: Refund) -> Parts | None:
        """The tickets at the price that goes back of each; one sum for what was not asked for ticket by ticket."""
        back = Counter(ticket.line for ticket in refund.tickets.select_related("line"))
        if back and sum((line.price * quantity for line, quantity in back.items()), ZERO) == refund.amount:
            return Parts([Line(line.name, line.price, quantity) for line, quantity in back.items()])
        return None

    def credits(self, order: TicketOrder, link: TicketOrderPayment, parts: Parts) -> Mapping[AnyAccount, int]:
        amount, fees = to_minor(link.payment.amount, order.currency), fees_of(order)
        return {OWED: fees - amount, FEES: -fees}

    def debits(self, link: TicketOrderPayment, refund: Refund) -> Mapping[AnyAccount, int]:
        """The organizer bears what went back, and has the fee of each refunded ticket back, however much of its
        price was refunded: what is kept of the price is the organizer's."""
        amount, fees = to_minor(refund.amount, refund.payment.currency), fees_back(link.ticket_order, refund)
        return {OWED: amount - fees, FEES: fees}

    def differences(self) -> Iterator[str]:
        """Orders whose counted payments bring another sum than their status says, and sales that are summed wrong."""
        links = TicketOrderPayment.objects.filter(payment__status=Payment.Status.SUCCEEDED)
        counted = links.exclude(counted_at=None).order_by("pk")
        brought = Counter[int]()
        for order_id, amount, currency in counted.values_list(
            "ticket_order_id", "payment__amount", "payment__currency"
        ):
            brought[order_id] += to_minor(amount, currency)
        for order in TicketOrder.objects.order_by("pk").iterator():
            due = to_minor(order.total, order.currency) if order.status in (Status.COMPLETED, Status.REFUNDED) else 0
            # Money that came too late, and went back uncounted, makes an order refunded as well.
            if brought[order.pk] != due and not (order.status == Status.REFUNDED and not brought[order.pk]):
                paid = amount_text(brought[order.pk], order.currency)
                yield f"{order.holder}: it is {order.status} at {order.total} {order.currency}, paid with {paid}"
        yield from summing.differences()

    def facts(self, order: TicketOrder) -> dict[str, Any]:
        return {"order.json": order_facts(order), "tickets.json": ticket_facts(order)}


def fees_of(order: TicketOrder) -> int:
    """The fees of all its tickets, in kobo."""
    fees = order.lines.aggregate(sum=Sum(F("fee") * F("quantity"), output_field=models.DecimalField()))["sum"]
    return to_minor(fees or ZERO, order.currency)


def fees_back(order: TicketOrder, refund: Refund) -> int:
    """The fees that go back to the organizer with a refund, in kobo: those of its tickets.

    Of money that went back without a ticket (staff sent it at the gateway) in proportion. What goes back last takes
    the rest along.
    """
    payment = refund.payment
    left = -balance(FEES, currency=order.currency, subject=order.holder)
    if payment.refunded_amount == payment.amount:
        return left
    lines = [ticket.line.fee for ticket in refund.tickets.select_related("line")]
    share = to_minor(sum(lines, ZERO), order.currency)
    return min(left, share if lines else int(fees_of(order) * refund.amount / payment.amount))


def order_facts(order: TicketOrder) -> dict[str, Any]:
    """What was agreed, and what happened since."""
    event = order.event
    return {
        "number": order.pk,
        "reference": order.reference,
        "placed_at": order.created_at,
        "status": order.status,
        "customer": customer_facts(order.user),
        "contact": without_card_numbers(f"{order.contact_name} {order.contact_email} {order.contact_phone}".strip()),
        "event": {"title": event.title, "starts_at": event.starts_at, "venue": str(event.venue)},
        "tickets": [
            {"name": line.name, "price": line.price, "quantity": line.quantity} for line in order.lines.all()
        ],
        "total": order.total,
        "currency": order.currency,
        "history": history_facts(order.status_history.select_related("actor")),
    }


def ticket_facts(order: TicketOrder) -> list[dict[str, Any]]:
    """Its tickets, and when each was let in."""
    return [
        {
            "ticket": ticket.pk,
            "name": ticket.line.name,
            "status": ticket.status,
            "checked_in_at": ticket.checked_in_at,
            "gate": ticket.checked_in_gate,
        }
        for ticket in order.tickets.select_related("line").order_by("pk")
    ]


def register() -> None:
    """Let payments know how tickets are sold."""
    sellables.register(TicketOrderSale())
