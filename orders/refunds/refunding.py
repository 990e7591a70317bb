"""Refunds by staff: pieces with their share of the tax, the shipping, or an amount; the goods on the shelf or not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from uuid import UUID, uuid4, uuid5

from django.db.models import F

from accounts.models import User
from core.db import transactional
from core.errors import InvalidInput
from core.money import ZERO
from core.text import money
from orders.errors import NothingToRefund, TooManyPieces
from orders.models import Order, OrderLine, OrderRefund, OrderRefundLine
from orders.refunds.pricing import Price, Wanted, left_to_refund, price_of
from orders.refunds.restocking import put_back
from payments.models import Payment, Refund
from payments.refunds.services import RefundTooLarge, refuse_repeated, request_refund, send_refund_soon


def refund_order(*, order: Order, wanted: Wanted, reason: str, by: User, key: UUID | None = None) -> list[Refund]:
    """Give back a part of what was paid for `order`, or all; the refunds, one for each payment that it takes.

    With a `key` it happens once, however often it is asked for. The gateway is asked at once; when it is away the
    worker goes on. Raises RefundRepeated, RefundTooLarge, TooManyPieces, ShippingRefunded, NothingToRefund,
    InvalidInput, and what `restocking.put_back` raises; then nothing is changed.
    """
    refuse_nonsense(wanted, reason)
    owed = write_refund(order=order, wanted=wanted, reason=reason.strip(), by=by, key=key)
    for refund in owed:
        send_refund_soon(refund=refund)
    order.refresh_from_db()
    return list(Refund.objects.filter(pk__in=[refund.pk for refund in owed]).select_related("payment").order_by("pk"))


def refuse_nonsense(wanted: Wanted, reason: str) -> None:
    """Raise InvalidInput for what could not be meant, whatever the order."""
    has_parts = bool(wanted.quantities) or wanted.shipping
    if not reason.strip():
        raise InvalidInput("reason: say why.", details={"reason": ["Say why."]})
    if has_parts == (wanted.amount is not None):
        raise InvalidInput("Choose pieces or the shipping, or else an amount.")
    if wanted.restock and not wanted.quantities:
        raise InvalidInput.at("restock", "Say which pieces came back.")


@transactional
def write_refund(*, order: Order, wanted: Wanted, reason: str, by: User, key: UUID | None) -> list[Refund]:
    """The part of it that is all in the database; the refunds that are owed now."""
    order.lock_with_payments()
    refuse_repeated(key)
    pieces = list(pieces_of(order, wanted.quantities))
    price = price_of(order, pieces, wanted)
    owed = claim_money(order, price.total, reason=reason, by=by, key=key)
    first = note_parts(order, owed, price, restocked=wanted.restock)
    back = put_back(order=order, pieces=pieces, serials=wanted.serials, by=by) if wanted.restock else {}
    for line, quantity in pieces:
        line.refunded_quantity += quantity
        line.save(update_fields=["refunded_quantity"])
        first.lines.create(line=line, quantity=quantity, serials=back.get(line.product_id, []))
    return owed


def pieces_of(order: Order, quantities: Mapping[int, int]) -> Iterator[tuple[OrderLine, int]]:
    """The lines with how many pieces of each. Raises TooManyPieces, InvalidInput."""
    lines = {line.pk: line for line in OrderLine.objects.filter(order=order).select_related("product")}
    if quantities and order.status == Order.Status.CANCELLED:
        raise NothingToRefund("The order was cancelled: its pieces were given back then.")
    for line_id, quantity in sorted(quantities.items()):
        line = lines.get(line_id)
        if line is None or quantity < 1:
            raise InvalidInput("quantities: at least 1 of a line of this order.")
        if quantity > line.refundable_quantity:
            raise TooManyPieces(f"{line.refundable_quantity} of {line.product_name} can still be refunded.")
        yield line, quantity


def claim_money(order: Order, total: Decimal, *, reason: str, by: User, key: UUID | None) -> list[Refund]:
    """Refunds over `total` of the order's payments, the newest first. Raises RefundTooLarge."""
    shares = list(shares_of(order.counted_payments().order_by("-pk"), total))
    if sum((amount for _, amount in shares), ZERO) < total:
        left = money(left_to_refund(order), order.currency)
        raise RefundTooLarge(f"{money(total, order.currency)} is more than the {left} that can still be refunded.")
    keys = refund_keys(key or uuid4())
    return [
        request_refund(payment=payment, amount=amount, reason=reason, by=by, key=next(keys))
        for payment, amount in shares
    ]


def shares_of(payments: Iterable[Payment], total: Decimal) -> Iterator[tuple[Payment, Decimal]]:
    """How much each of the payments gives, as far as they suffice."""
    for payment in payments:
        amount = min(total, payment.refundable)
        if amount > ZERO:
            total -= amount
            yield payment, amount


def refund_keys(first: UUID) -> Iterator[UUID]:
    """`first`, and those that follow from it."""
    key = first
    while True:
        yield key
        key = uuid5(key, "next")


def note_parts(order: Order, refunds: Sequence[Refund], price: Price, *, restocked: bool) -> OrderRefund:
    """What each refund is made of, the goods first; the row of the first one, which has the lines."""
    goods, tax, shipping = price.goods, price.tax, price.shipping
    rows = []
    for refund in refunds:
        of_goods = min(refund.amount, goods)
        of_tax = min(refund.amount - of_goods, tax)
        of_shipping = refund.amount - of_goods - of_tax
        goods, tax, shipping = goods - of_goods, tax - of_tax, shipping - of_shipping
        rows.append(OrderRefund(refund=refund, tax_amount=of_tax, shipping_amount=of_shipping))
    rows[0].restocked, rows[0].shipping_of = restocked, order if price.shipping else None
    for row in rows:
        row.save(force_insert=True)
    return rows[0]


def reopen_refunded_lines(*, refund: Refund) -> None:
    """The gateway refused it: its pieces and the shipping can be refunded again. What is on the shelf stays there.

    The caller holds the order's lock.
    """
    OrderRefund.objects.filter(refund=refund).update(shipping_of=None)
    for part in OrderRefundLine.objects.filter(order_refund__refund=refund):
        left = F("refunded_quantity") - part.quantity
        OrderLine.objects.filter(pk=part.line_id).update(refunded_quantity=left)
