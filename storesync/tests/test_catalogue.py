"""Our own catalogue as a store of the hub."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.tests.factories import AdminFactory
from catalog import stock
from catalog.models import Product, StockMovement
from catalog.tests.factories import DeviceFactory, ProductFactory
from core.testing.tasks import run_tasks
from orders.fulfilment import cancel_order
from orders.models import Order, TaxRate
from orders.refunds.refunding import Wanted, refund_order
from orders.tests.shop import make_order, paid_order, pay
from payments.models import Payment
from rentals.lifecycle.services import cancel_rental
from rentals.tests.factories import make_rental
from storesync.catalogue import connect_catalogue, follow
from storesync.connectors import catalogue as catalogue_connector
from storesync.connectors.base import PriceWrite, StockWrite
from storesync.connectors.catalogue import ref_of
from storesync.connectors.registry import connector_of
from storesync.mock.prokip.store import TOKEN
from storesync.models import Connection, StoreOrder
from storesync.setup.matching import read_shop
from storesync.tests.factories import make_erp, make_operator
from storesync.tests.sales import invoices
from storesync.tests.stock import erp_config, push_all, read_again, woo_side

__all__ = ["erp_config", "woo_side"]

pytestmark = pytest.mark.django_db
BEGINNING = timezone.now() - timedelta(days=1)


@pytest.fixture
def catalogue(merchant):
    cache.clear()
    return connect_catalogue(user=merchant, sku_prefix="LAPTOP-")


@pytest.fixture
def selling(catalogue, prokip):
    """The catalogue, whose owner has the stand-in's ERP with one laptop."""
    make_erp(catalogue.owner, token=TOKEN)
    return catalogue


def laptop(sku="LAPTOP-1", **fields):
    return ProductFactory(sku=sku, **fields)


def write(catalogue, product, *, was, quantity):
    """What becomes of one write: the name of the group in which it is."""
    [outcome] = connector_of(catalogue).write_stock([StockWrite(ref_of(product.pk), "", was, quantity)])
    return next(name for name in ("done", "stale", "refused") if getattr(outcome, name))


def orders_of(catalogue, since=BEGINNING):
    return [order for page in connector_of(catalogue).orders_since(since) for order in page.orders]


# Connecting


def test_the_command_connects_it_once(capsys):
    user = make_operator("Ada").user
    for _ in range(2):
        call_command("connect_catalogue", "--operator", "ADA", "--sku-prefix", "LAPTOP-")
    [connection] = Connection.objects.all()
    assert (connection.owner, connection.platform, connection.sku_prefix) == (user, "giggatek", "LAPTOP-")
    assert f"Connected as {connection.pk}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no user"):
        call_command("connect_catalogue", "--operator", "Eve")


def test_it_stays_one_connection_when_the_site_moves(catalogue, settings):
    settings.SITE_URL = "https://shop.example"
    assert connect_catalogue(user=catalogue.owner, sku_prefix="PHONE-").pk == catalogue.pk
    assert [shop.sku_prefix for shop in Connection.objects.all()] == ["PHONE-"]


@pytest.mark.parametrize("prefix", ["", "LAPTOP", "LAPTOP-", "LAPTOP-DELL"])
def test_no_product_belongs_to_two_users(catalogue, prefix):
    make_operator("Eve")
    with pytest.raises(CommandError, match="Another user"):
        call_command("connect_catalogue", "--operator", "Eve", "--sku-prefix", prefix)
    assert Connection.objects.count() == 1


# As a shop


def test_its_items_are_the_products_with_the_prefix(catalogue):
    mine = laptop(price=Decimal("599.99"))
    tracked = DeviceFactory(product__sku="LAPTOP-2", product__is_serialized=True, product__inventory_count=0).product
    for sku in ("PHONE-1", "laptop-3", "LAPTOPS"):
        laptop(sku)
    laptop("LAPTOP-4", archived_at=timezone.now())
    items = [(item.ref, item.sku, item.price, item.is_tracked) for item in connector_of(catalogue).products()]
    assert items == [
        (ref_of(mine.pk), "LAPTOP-1", Decimal("599.99"), True),
        (ref_of(tracked.pk), "LAPTOP-2", tracked.price, False),
    ]
    levels = connector_of(catalogue).stock([ref_of(mine.pk), ref_of(tracked.pk), ref_of(10**6)])
    assert [(level.ref.item_id, level.quantity) for level in levels] == [(str(mine.pk), 5), (str(tracked.pk), 1)]


def test_a_count_is_written_where_it_is_what_it_was(catalogue):
    product = laptop()
    assert write(catalogue, product, was=5, quantity=7) == "done"
    assert write(catalogue, product, was=5, quantity=9) == "stale"
    product.refresh_from_db()
    movement = StockMovement.objects.latest("pk")
    assert (product.inventory_count, movement.kind, movement.reason) == (7, "counted", "As many as the ERP has")


def test_devices_are_counted_by_their_serial_numbers_alone(catalogue):
    product = DeviceFactory(product__sku="LAPTOP-2").product
    assert write(catalogue, product, was=1, quantity=7) == "refused"
    product.refresh_from_db()
    assert product.inventory_count == 1


def test_a_product_that_went_since_it_was_read_is_stale(catalogue):
    product = laptop()
    Product.objects.filter(pk=product.pk).delete()
    assert write(catalogue, product, was=5, quantity=7) == "stale"


def test_prices_follow(catalogue):
    product = laptop()
    [outcome] = connector_of(catalogue).write_prices([PriceWrite(ref_of(product.pk), Decimal("10.50"))])
    product.refresh_from_db()
    assert (len(outcome.done), product.price) == (1, Decimal("10.50"))


def test_an_order_has_the_lines_that_belong_to_it_with_their_tax(catalogue):
    TaxRate.objects.update(percent=Decimal("7.5"))
    order = make_order(product=laptop(price="200.00"), quantity=2)
    make_order(sku="PHONE-1")
    [read] = orders_of(catalogue)
    [line] = read.lines
    assert (read.id, read.paid, read.cancelled, read.currency) == (str(order.pk), False, False, order.currency)
    assert (line.sku, line.quantity, line.amount, line.tax) == ("LAPTOP-1", 2, 400 + order.tax_total, order.tax_total)
    assert read.total == order.total


def test_changed_orders_come_in_pages_each_once(catalogue, monkeypatch):
    monkeypatch.setattr(catalogue_connector, "PAGE", 2)
    product = laptop(inventory_count=50)
    orders = [make_order(product=product) for _ in range(5)]
    Order.objects.filter(pk__in=[order.pk for order in orders[1:4]]).update(updated_at=orders[2].updated_at)
    pages = list(connector_of(catalogue).orders_since(BEGINNING))
    assert sorted(int(order.id) for page in pages for order in page.orders) == [order.pk for order in orders]
    assert pages[-1].up_to == orders[4].updated_at
    assert orders_of(catalogue, since=orders[4].updated_at + timedelta(seconds=1)) == []


# Its orders at the ERP


def test_a_paid_order_becomes_a_sale_and_what_came_back_a_return(selling, prokip):
    product = laptop("LAPTOP-13", inventory_count=9)
    order = paid_order(product=product, quantity=2)
    run_tasks()
    [sold] = prokip.state()["sells"]
    assert (sold["invoice_no"], sold["final_total"]) == (f"GIGGATEK-{order.pk}", f"{order.total:.4f}")
    wanted = Wanted(quantities={order.lines.get().pk: 1}, restock=True)
    refund_order(order=order, wanted=wanted, reason="Too loud", by=AdminFactory())
    run_tasks()
    [sold] = prokip.state()["sells"]
    assert [Decimal(line["quantity_returned"]) for line in sold["sell_lines"]] == [1]


def test_an_unpaid_order_is_known_and_told_once_it_is_paid(selling, prokip):
    order = make_order(product=laptop("LAPTOP-13"))
    run_tasks()
    assert (StoreOrder.objects.get().status, invoices(prokip)) == ("waiting", [])
    pay(order)
    run_tasks()
    assert (StoreOrder.objects.get().status, invoices(prokip)) == ("sent", [f"GIGGATEK-{order.pk}"])


def test_of_before_it_was_connected_it_tells_what_is_paid_since(merchant, prokip):
    product = laptop("LAPTOP-13")
    paid, unpaid = paid_order(product=product), make_order(product=product)
    Order.objects.update(order_date=BEGINNING)
    Payment.objects.update(settled_at=BEGINNING)
    cache.clear()
    make_erp(connect_catalogue(user=merchant, sku_prefix="LAPTOP-").owner, token=TOKEN)
    pay(unpaid)
    follow(order_ids=[paid.pk], product_ids=[])
    run_tasks()
    stand = dict(StoreOrder.objects.values_list("order_id", "status"))
    assert stand == {str(paid.pk): "ignored", str(unpaid.pk): "sent"}


def test_an_order_that_is_cancelled_before_it_is_paid_is_never_told(selling, prokip):
    order = make_order(product=laptop("LAPTOP-13"))
    run_tasks()
    cancel_order(order=order, by=order.user)
    run_tasks()
    assert (StoreOrder.objects.get().status, invoices(prokip)) == ("ignored", [])


def test_without_a_connection_nothing_is_queued():
    cache.clear()
    paid_order()
    stock.set_count(laptop(), 3, kind="counted", reason="Counted")
    run_tasks()
    assert StoreOrder.objects.count() == 0


# Its stock


@pytest.fixture
def in_step(erp_config, merchant, woo_side):
    """The catalogue and a WooCommerce shop of one merchant, both at the ERP's stock of laptops, which is 4."""
    cache.clear()
    laptop("LAPTOP-13", inventory_count=9)
    connector = connector_of(connect_catalogue(user=merchant, sku_prefix="LAPTOP-"))
    read_shop(connector.connection, connector)
    for side in (connector, woo_side):
        push_all(side)
    return connector


def count():
    return Product.objects.get(sku="LAPTOP-13").inventory_count


def test_the_erp_sets_the_count(in_step, prokip, erp):
    assert count() == 4
    prokip.set_stock("LAPTOP-13", 6)
    read_again(erp)
    assert (push_all(in_step), count()) == ((1, 0), 6)
    assert push_all(in_step) == (0, 0)


def test_an_order_takes_from_the_other_shops_at_once_and_nobody_gives_its_piece_back(in_step, woo, erp):
    order = make_order(product=Product.objects.get(sku="LAPTOP-13"), quantity=3)
    run_tasks()
    assert (count(), woo.state()["stock"]["LAPTOP-13"], push_all(in_step)) == (1, 1, (0, 0))
    pay(order)
    run_tasks()
    read_again(erp)
    assert (count(), push_all(in_step)) == (1, (0, 0))


def test_a_rented_piece_is_held_back_from_all_shops_until_it_is_on_the_shelf_again(in_step, woo, woo_side, erp):
    rental = make_rental(product=Product.objects.get(sku="LAPTOP-13"))
    run_tasks()
    read_again(erp)
    assert (count(), woo.state()["stock"]["LAPTOP-13"], push_all(in_step)) == (3, 3, (0, 0))
    cancel_rental(rental=rental, by=rental.user)
    run_tasks()
    assert (count(), push_all(in_step), push_all(woo_side)) == (4, (0, 0), (1, 0))


def test_what_is_not_sold_by_the_erp_keeps_its_count(in_step):
    other = laptop("LAPTOP-99", inventory_count=2)
    read_shop(in_step.connection, in_step)
    push_all(in_step)
    other.refresh_from_db()
    assert other.inventory_count == 2


def test_pieces_with_serial_numbers_are_compared_and_never_written(in_step, capsys):
    product = DeviceFactory(product__sku="LAPTOP-15").product
    call_command("sync_stores", "--dry-run")
    assert "LAPTOP-15" not in capsys.readouterr().out
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_stores")
    assert "LAPTOP-15: wanted 0 (erp), there 1, last seen nothing: 950000.00" in capsys.readouterr().out
    product.refresh_from_db()
    assert product.inventory_count == 1
