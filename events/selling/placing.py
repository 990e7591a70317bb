"""Placing an order: prices of the catalogue, a hold on its places, and what it is paid with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from rest_framework.exceptions import ErrorDetail

from accounts.models import User
from core.db import transactional
from core.errors import InvalidInput
from core.money import MAX_AMOUNT, ZERO
from events.fees import ticket_fee
from events.gate.issuing import issue_tickets
from events.models import Event, Ticket, TicketOrder, TicketOrderLine, TicketOrderPayment, TicketType, Voucher
from events.models.order import CURRENCY
from events.selling import places, vouchers, waiting
from events.selling.errors import EventNotFound, LimitReached, NotOnSale, PaymentUnavailable, SoldOut
from events.selling.expiring import let_go_over
from payments import services as payments
from payments.gateways import gateway_named, offered
from payments.models import Payment

MAX_UNPAID = 5  # orders of one account for one event
Status = TicketOrder.Status


@dataclass(frozen=True)
class Draft:
    """What is to be ordered, checked as far as reading can; `lines` have no order yet."""

    user: User
    event: Event
    lines: list[TicketOrderLine]
    voucher: Voucher | None
    contact: Mapping[str, str] = field(default_factory=dict)

    @property
    def quantities(self) -> dict[TicketType, int]:
        """How many of each type."""
        return {line.ticket_type: line.quantity for line in self.lines}

    @property
    def total(self) -> Decimal:
        """What there is to pay."""
        return sum((line.subtotal for line in self.lines), ZERO)


def place_order(
    *,
    user: User,
    event_id: int,
    items: Mapping[int, int],
    contact: Mapping[str, str] | None = None,
    voucher: str = "",
) -> TicketOrder:
    """Order `items` ({ticket type id: quantity}) of one event; its places are held until it is paid or expires.

    `contact` is `email`, `name`, `phone`. What costs nothing is completed at once, with its tickets. Raises
    EventNotFound, NotOnSale, SoldOut, LimitReached, VoucherUsedUp, PaymentUnavailable, InvalidInput; then nothing is
    changed, but that holds which are over may have been let go.
    """
    draft = draft_of(user=user, event_id=event_id, items=items, contact=contact or {}, code=voucher)
    try:
        if places.are_short(draft.quantities) and not waiting.has_offer(user=user, kinds=draft.quantities):
            raise SoldOut
        return write_order(draft)
    except SoldOut:
        if not let_go_over(event_id=event_id):
            raise
    return write_order(draft)


def draft_of(*, user: User, event_id: int, items: Mapping[int, int], contact: Mapping[str, str], code: str) -> Draft:
    """The order as far as reading tells. Raises EventNotFound, NotOnSale, PaymentUnavailable, InvalidInput."""
    event = Event.objects.published().filter(pk=event_id).first()
    if event is None and not Event.objects.visible_to(user).filter(pk=event_id).exists():
        raise EventNotFound
    if event is None or not event.is_on_sale:
        raise NotOnSale
    voucher = vouchers.find(event, code)
    kinds = types_on_sale(event, items, voucher)
    if voucher and not any(vouchers.fits(voucher, kind) for kind in kinds):
        raise InvalidInput.at("voucher", "It is for other tickets.")
    draft = Draft(user, event, [line_of(kind, items[kind.pk], voucher) for kind in kinds], voucher, contact)
    if draft.total > MAX_AMOUNT:
        raise InvalidInput.at("tickets", "This is more money than one order may be over.")
    if draft.total and settings.EVENTS_GATEWAY not in offered(currency=CURRENCY):
        raise PaymentUnavailable
    return draft


def types_on_sale(event: Event, items: Mapping[int, int], voucher: Voucher | None) -> list[TicketType]:
    """The types with these ids. Raises NotOnSale, InvalidInput."""
    if not items:
        raise InvalidInput.at("tickets", "Choose at least one ticket.")
    found = event.ticket_types.filter(pk__in=items).with_quotas()
    kinds = [kind for kind in found if not kind.is_hidden or vouchers.opens(voucher, kind)]
    if len(kinds) < len(items):
        raise InvalidInput.at("tickets", "There is no such ticket type at this event.")
    for kind in kinds:
        if not 1 <= items[kind.pk] <= kind.max_per_order:
            most = kind.max_per_order
            raise InvalidInput.at("quantity", ErrorDetail(f"1 to {most} of {kind.name} in one order.", "max_value"))
        if not kind.is_in_window:
            raise NotOnSale(f"{kind.name} is not on sale now.")
    return kinds


def line_of(kind: TicketType, quantity: int, voucher: Voucher | None) -> TicketOrderLine:
    """A line with name, price and fee of this moment."""
    price = vouchers.price_with(voucher, kind)
    fee = ticket_fee(price, percent=settings.EVENTS_FEE_PERCENT, fixed=settings.EVENTS_FEE_FIXED)
    subtotal = price * quantity
    return TicketOrderLine(
        ticket_type=kind, name=kind.name, price=price, fee=fee, quantity=quantity, subtotal=subtotal
    )


@transactional
def write_order(draft: Draft) -> TicketOrder:
    """The part of it that writes. The places are taken last, just before the commit."""
    # One order of a buyer at a time, so that limits hold; the voucher before the order that points to it.
    User.objects.select_for_update().only("pk").get(pk=draft.user.pk)
    refuse_too_many(draft)
    vouchers.use(draft.voucher.pk if draft.voucher else None)
    payment = open_payment(draft) if draft.total else None
    order = insert_order(draft, payment)
    # The order's row keeps its event from being changed until the commit.
    if not Event.objects.published().filter(pk=draft.event.pk).exists():
        raise NotOnSale
    if payment:
        TicketOrderPayment.objects.create(ticket_order=order, payment=payment)
    else:
        issue_tickets(order=order)
    order.begin(by=draft.user, note="Order placed" if payment else "Nothing to pay")
    waiting.use_offers(user=draft.user, kinds=draft.quantities)
    places.take(draft.quantities)
    return order


def insert_order(draft: Draft, payment: Payment | None) -> TicketOrder:
    """Its row and its lines; completed where there is nothing to pay."""
    now = timezone.now()
    order = TicketOrder(
        user=draft.user,
        event=draft.event,
        status=Status.PENDING if payment else Status.COMPLETED,
        reference=str(payment.intent_id) if payment else f"PNG-{uuid4().hex}",
        total=draft.total,
        voucher=draft.voucher,
        contact_email=draft.contact.get("email", ""),
        contact_name=draft.contact.get("name", ""),
        contact_phone=draft.contact.get("phone", ""),
        hold_until=now + timedelta(minutes=settings.EVENT_HOLD_MINUTES) if payment else None,
        created_at=now,
    )
    order.save(force_insert=True)
    for line in draft.lines:
        line.pk, line.order = None, order
    TicketOrderLine.objects.bulk_create(draft.lines)
    return order


def open_payment(draft: Draft) -> Payment:
    """Its payment with the reference that the gateway mints for it, which costs no call."""
    payment = payments.open_payment(
        user=draft.user, amount=draft.total, currency=CURRENCY, gateway=settings.EVENTS_GATEWAY
    )
    return payments.ensure_intent(payment=payment)


def public_key() -> str:
    """What the gateway's script in the browser needs to know; "" where none takes money for tickets."""
    is_known = settings.EVENTS_GATEWAY in offered(currency=CURRENCY)
    return gateway_named(settings.EVENTS_GATEWAY).publishable_key if is_known else ""


def refuse_too_many(draft: Draft) -> None:
    """Raise LimitReached for a sixth unpaid order, and for more free tickets than an account may have.

    The caller holds the buyer's lock.
    """
    mine = TicketOrder.objects.filter(user=draft.user, event=draft.event)
    unpaid = mine.held().filter(hold_until__gt=timezone.now())
    if draft.total and unpaid.count() >= MAX_UNPAID:
        raise LimitReached(f"{MAX_UNPAID} orders for this event are not paid yet: pay or cancel one first.")
    free = {kind: quantity for kind, quantity in draft.quantities.items() if not kind.price}
    had = free_tickets_of(draft.user, list(free)) if free else {}
    for kind, quantity in free.items():
        if had.get(kind.pk, 0) + quantity > kind.max_per_order:
            raise LimitReached(f"At most {kind.max_per_order} of {kind.name} for each account.")


def free_tickets_of(user: User, kinds: list[TicketType]) -> dict[int, int]:
    """How many of these types the user ordered and neither let go nor gave back, by their keys."""
    live = (Status.PENDING, Status.COMPLETED)
    lines = TicketOrderLine.objects.filter(order__user=user, order__status__in=live, ticket_type__in=kinds)
    had = dict(lines.order_by().values_list("ticket_type").annotate(sum=Sum("quantity")))
    given_back = Ticket.objects.filter(order__user=user, order__status__in=live, ticket_type__in=kinds)
    for kind_id in given_back.filter(status=Ticket.Status.CANCELLED).values_list("ticket_type", flat=True):
        had[kind_id] -= 1
    return had
