"""Orders on their way to Prokip's stand-in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from storesync.mock.prokip.store import TOKEN
from storesync.models import StoreOrder
from storesync.sales.intake import take_in
from storesync.sales.reading import Line, Order
from storesync.sales.working import work_off
from storesync.tests.factories import make_connection, make_erp

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop(db, prokip):
    """A Shopify shop whose owner has an ERP at the stand-in."""
    return make_shop()


def make_shop():
    shop = make_connection()
    make_erp(shop.owner, token=TOKEN, currency="NGN")
    return shop


def an_order(*lines, number=1, minute=0, **fields):
    """A paid order of (SKU, quantity)s at 1,000.00 each."""
    rows = [line if isinstance(line, tuple) else (line, 1) for line in lines]
    zero, at = Decimal(0), NOON + timedelta(minutes=minute)
    amounts = dict.fromkeys(("discount", "shipping", "extra", "tax", "refunded"), zero)
    order = Order(
        platform="shopify",
        id=str(number),
        number=f"#{number}",
        version=at,
        created=NOON,
        paid=True,
        cancelled=False,
        test=False,
        currency="NGN",
        refunds_unread=False,
        **{**amounts, "problems": (), "total": Decimal(1000) * sum(quantity for _, quantity in rows)},
        lines=tuple(
            Line(str(place), str(place), str(place), sku, sku, quantity, Decimal(1000) * quantity, zero)
            for place, (sku, quantity) in enumerate(rows, start=1)
        ),
    )
    return replace(order, **fields)


def take(shop, order):
    return take_in(connection=shop, order=order)[0]


def work(shop):
    return work_off(shop)


def row(order):
    return StoreOrder.objects.get(pk=order.pk)


def back(order, *returned, minute=1):
    """A newer version of the order, of whose lines so many are back."""
    lines = [replace(line, refunded=n, restocked=n) for line, n in zip(order.lines, returned, strict=True)]
    return replace(order, lines=tuple(lines), version=NOON + timedelta(minutes=minute))


def invoices(prokip):
    """The invoice numbers that the ERP has booked, each as often as it did."""
    return [sale["invoice_no"] for sale in prokip.state()["sells"]]
