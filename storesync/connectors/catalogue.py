"""Our own catalogue, as the hub sees every shop. Nothing is called: what a shop is asked is read from our tables.

A product is an item of one variant; its SKU begins with the connection's prefix. Of an order the lines of such
products count, with their share of its tax.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import CharField, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Concat
from django.utils import timezone

from catalog import stock
from catalog.models import Product, StockMovement
from core.db import transactional
from core.money import ZERO, split
from orders.models import Order, OrderLine
from rentals.models import Rental
from storesync.connectors.base import (
    Connector,
    Hook,
    Item,
    ItemRef,
    Level,
    NewItem,
    OrderPage,
    Outcome,
    PriceWrite,
    Shop,
    StockWrite,
    batches,
)
from storesync.connectors.budget import Rate
from storesync.models import Platform
from storesync.sales.reading import Line
from storesync.sales.reading import Order as NeutralOrder

PAGE = 100
PAID = (Order.PaymentStatus.PAID, Order.PaymentStatus.PARTIALLY_REFUNDED)
COUNT = ("pk", "inventory_count", "is_serialized")
SERIALIZED = "Its pieces are counted by their serial numbers."


class CatalogueConnector(Connector):
    """Products with serial numbers are compared alone: their devices are counted, and no figure from elsewhere is."""

    topics = ()
    rate = Rate(most=1, a_second=1)  # nothing is called

    def check(self) -> Shop:
        return Shop(name=self.connection.address, currency=settings.CURRENCY)

    def hooks(self) -> list[Hook]:
        return []

    def add_hook(self, topic: str, address: str, *, secret: str = "") -> Hook:
        raise NotImplementedError("the catalogue tells by signals, not by webhooks")

    def remove_hook(self, hook_id: str) -> None:
        """There is none."""

    def orders_since(self, moment: datetime) -> Iterator[OrderPage]:
        after, known = moment, 0
        orders = orders_with_payment().order_by("updated_at", "pk")
        while page := list(orders.filter(Q(pk__gt=known) | Q(updated_at__gt=after), updated_at__gte=after)[:PAGE]):
            after, known = page[-1].updated_at, page[-1].pk
            ours = (neutral(order, self.connection.sku_prefix) for order in page)
            yield OrderPage(tuple(order for order in ours if order.lines), after)

    def refunds_of(self, order_id: str) -> Sequence[Any]:
        return []

    def products(self) -> Iterator[Item]:
        prefix = self.connection.sku_prefix
        found = Product.objects.filter(archived_at=None, sku__startswith=prefix).order_by("pk")
        for product in (each for each in found if each.sku.startswith(prefix)):  # SQLite finds other cases, too
            yield Item(
                ref=ref_of(product.pk),
                sku=product.sku,
                name=product.name,
                price=product.price,
                is_tracked=not product.is_serialized,
            )

    def stock(self, refs: Sequence[ItemRef]) -> Iterator[Level]:
        for batch in batches(refs, PAGE * 10):
            counts = stock.counts_of([int(ref.item_id) for ref in batch])
            yield from (Level(ref, "", counts[int(ref.item_id)]) for ref in batch if int(ref.item_id) in counts)

    def write_stock(self, writes: Sequence[StockWrite]) -> Iterator[Outcome[StockWrite]]:
        for batch in batches(writes, PAGE):
            yield write_counts(batch)

    def write_prices(self, writes: Sequence[PriceWrite]) -> Iterator[Outcome[PriceWrite]]:
        for write in writes:
            Product.objects.filter(pk=write.ref.item_id).update(price=write.price, updated_at=timezone.now())
        yield Outcome(done=tuple(writes))

    def create(self, items: Sequence[NewItem]) -> Iterator[Outcome[NewItem]]:
        yield Outcome(refused=tuple((item, "Products of the catalogue are entered by staff.") for item in items))


def ref_of(product_id: int) -> ItemRef:
    return ItemRef(str(product_id))


@transactional
def write_counts(writes: Sequence[StockWrite]) -> Outcome[StockWrite]:
    """Set the counts that still are what they were said to be, under the locks of their products."""
    ids = [int(write.ref.item_id) for write in writes]
    locked = Product.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    known = {str(pk): (count, serialized) for pk, count, serialized in locked.values_list(*COUNT)}
    refused = tuple(write for write in writes if known.get(write.ref.item_id, (0, False))[1])
    done = tuple(write for write in writes if known.get(write.ref.item_id) == (write.was, False))
    stock.set_counts(
        {int(write.ref.item_id): write.quantity for write in done},
        kind=StockMovement.Kind.COUNTED,
        reason="As many as the ERP has",
    )
    stale = tuple(write for write in writes if write not in done and write not in refused)
    return Outcome(done, stale, tuple((write, SERIALIZED) for write in refused))


def orders_with_payment() -> QuerySet[Any]:
    """Orders with their lines, as `neutral` reads them."""
    return Order.objects.with_lines().annotate(settled_at=Min("order_payments__payment__settled_at"))


def neutral(order: Any, prefix: str) -> NeutralOrder:
    """One of `orders_with_payment` as the hub has it. Pieces that are back on the shelf have come back, refunded or
    not.
    """
    lines = list(order.lines.all())
    taxes = split(order.tax_total, [line.subtotal for line in lines])
    taxed = [(line, tax) for line, tax in zip(lines, taxes, strict=True) if line.sku.startswith(prefix)]
    tax, goods = sum((tax for _, tax in taxed), ZERO), sum((line.subtotal for line, _ in taxed), ZERO)
    return NeutralOrder(
        platform=Platform.GIGGATEK,
        id=str(order.pk),
        number=f"#{order.pk}",
        version=order.updated_at,
        created=timezone.localtime(order.order_date),
        paid=order.payment_status in PAID,
        cancelled=order.status == Order.Status.CANCELLED,
        test=False,
        currency=order.currency,
        lines=tuple(neutral_line(line, tax) for line, tax in taxed),
        discount=ZERO,
        shipping=order.shipping_total,
        extra=ZERO,
        tax=tax,
        total=goods + tax + order.shipping_total,
        refunded=ZERO,
        refunds_unread=False,
        problems=(),
        paid_at=order.settled_at,
    )


def neutral_line(line: OrderLine, tax: Decimal) -> Line:
    return Line(
        id=str(line.pk),
        item_id=str(line.product_id),
        variant_id="",
        sku=line.sku,
        name=line.product_name,
        quantity=line.quantity,
        amount=line.subtotal + tax,
        tax=tax,
        refunded=line.refunded_quantity,
        restocked=line.restocked_quantity,
    )


def on_rent(prefix: str) -> Counter[str]:
    """The pieces without serial numbers that are out on rent, by SKU; also those that came back and are looked at.

    A rental that was completed is a sale.
    """
    moved = StockMovement.objects.filter(reference=Concat(Value("rental:"), OuterRef("pk"), output_field=CharField()))
    out = moved.order_by().values("reference").annotate(change=Sum("change")).values("change")
    here = Rental.objects.filter(product__sku__startswith=prefix, product__is_serialized=False)
    rented = here.exclude(status__in=(Rental.Status.COMPLETED, Rental.Status.CANCELLED)).annotate(left=Subquery(out))
    return Counter(
        sku for sku in rented.filter(left__lt=0).values_list("product__sku", flat=True) if sku.startswith(prefix)
    )
