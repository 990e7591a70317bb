"""`check_stock` proves at run time what `catalog/stock.py` promises: movements lead to every count."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog import devices, services, stock
from catalog.models import Product, StockMovement
from catalog.tests.factories import ProductFactory, tracked_product
from catalog.tests.shop import NEW_PRODUCT
from core.clock.models import ChoreRun

pytestmark = pytest.mark.django_db


def made(count=5, **fields):
    return services.create_product(fields={**NEW_PRODUCT, "inventory_count": count, **fields})


@pytest.fixture
def product():
    """Sold and given back, beside others: untouched, empty, tracked by serial number."""
    made(sku="OTHER")
    ProductFactory(inventory_count=0)
    tracked = tracked_product(devices=3)
    stock.take({tracked.pk: 1}, holder="order:7")
    product = made()
    stock.take({product.pk: 5}, holder="order:7")
    stock.give_back({product.pk: 2}, holder="order:7")
    stock.take({product.pk: 2}, holder="order:8")
    stock.set_count(product, 9, kind="counted", reason="")
    return product


def test_what_stock_writes_is_explained(product):
    assert list(stock.differences()) == []


def test_a_count_that_was_written_past_the_movements(product):
    Product.objects.filter(pk=product.pk).update(inventory_count=4)
    unseen = ProductFactory(inventory_count=1)
    assert sorted(stock.differences()) == sorted([
        f"{product.sku}: 4 in stock, its movements lead to 9",
        f"{unseen.sku}: 1 in stock, its movements lead to 0",
    ])  # fmt: skip


def test_a_gap_between_movements(product):
    gap = StockMovement.objects.create(product=product, kind="counted", before=8, after=9, change=1)
    assert list(stock.differences()) == [
        f"{product.sku}: movement {gap.pk} begins at 8, the one before it ended at 9"
    ]


def test_a_first_movement_that_does_not_begin_at_nothing(product):
    product.stock_movements.last().delete()
    first = product.stock_movements.last()
    assert list(stock.differences()) == [
        f"{product.sku}: movement {first.pk} begins at 5, the one before it ended at 0"
    ]


def test_a_device_that_left_past_the_count():
    product = tracked_product(devices=2)
    devices.add_devices(product=product, serials=["X"], grade="excellent")
    product.devices.filter(serial="X").update(status="retired")
    assert list(stock.differences()) == [f"{product.sku}: 3 in stock, and 2 devices"]


def test_the_command_and_the_chore(product):
    printed = StringIO()
    call_command("check_stock", stdout=printed)
    assert printed.getvalue() == "Every count is explained by its movements.\n"
    Product.objects.update(inventory_count=77)
    for every in (False, True):
        printed = StringIO()
        with pytest.raises(CommandError, match="not explained"):
            call_command("check_stock", all=every, stdout=printed)
        found = printed.getvalue().splitlines()
        assert len(found) == (len(list(stock.differences())) if every else 1)
    assert ChoreRun.objects.get(name="check_stock").outcome == ChoreRun.Outcome.FAILED
