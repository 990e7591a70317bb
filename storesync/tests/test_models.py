"""What the database itself refuses, and what it keeps sealed."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from core.states import WrongStatus
from storesync.models import Connection, Delivery, Operator, SkuMapping, StockCache, TraceEvent
from storesync.tests.factories import make_connection, make_erp, make_operator, make_order, make_sale
from storesync.trace import event, note

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_connection()


@pytest.fixture
def line(shop):
    sale = make_sale(make_order(shop))
    fields = {"sku": "A", "product_id": 1, "variation_id": 1, "unit_price": 5}
    return sale.lines.create(line_id="1", quantity=2, **fields)


def refused(action):
    """Whether the database refuses it."""
    try:
        with transaction.atomic():
            action()
    except IntegrityError:
        return True
    return False


def changed(row, **fields):
    return lambda: type(row).objects.filter(pk=row.pk).update(**fields)


def test_a_shop_is_connected_once_by_a_user_and_again_once_it_is_removed(shop):
    same = {"owner": shop.owner, "address": shop.address}
    assert refused(lambda: make_connection(**same))
    assert not refused(lambda: make_connection(address=shop.address))
    gone = {"status": "removed", "key": None, "credentials": None}
    assert refused(changed(shop, status="removed"))
    assert refused(changed(shop, key=None))
    assert refused(changed(shop, **{**gone, "credentials": "{}"}))
    assert refused(changed(shop, **gone, webhook_secret="left"))
    assert not refused(changed(shop, **gone))
    assert not refused(lambda: make_connection(**same))


def test_a_removed_connection_stays_removed(shop):
    Connection.objects.filter(pk=shop.pk).update(status="removed", key=None, credentials=None)
    with pytest.raises(WrongStatus):
        shop.move_to("active")


def test_a_user_has_one_erp_and_a_name_is_taken_once():
    user = make_operator("Ada").user
    make_erp(user)
    assert refused(lambda: make_erp(user))
    assert refused(lambda: make_operator("ADA"))
    assert Operator.objects.get().username == "Ada"


def test_an_event_and_an_order_are_kept_once(shop):
    Delivery.objects.create(connection=shop, topic="orders/create", event_key="k", payload="e30=")
    assert refused(lambda: Delivery.objects.create(connection=shop, topic="x", event_key="k", payload="e30="))
    order = make_order(shop)
    assert refused(lambda: make_order(shop))
    make_sale(order)
    assert refused(lambda: make_sale(order))
    assert refused(changed(order, status="lost"))


def test_no_more_is_returned_than_was_asked_for_nor_asked_for_than_was_sold(line):
    assert refused(changed(line, return_wanted=3))
    assert refused(changed(line, returned=1))
    assert refused(changed(line, quantity=0))
    assert not refused(changed(line, return_wanted=2, returned=2))


def test_a_sale_is_confirmed_with_its_id(line):
    assert refused(changed(line.sale, erp_id=1))
    assert refused(changed(line.sale, confirmed_at=timezone.now()))
    assert not refused(changed(line.sale, erp_id=1, confirmed_at=timezone.now()))


def test_an_item_and_a_sku_are_mapped_once_and_unseen_or_double_ones_have_no_key(shop):
    def mapping(item_key, sku_key):
        return SkuMapping.objects.create(
            connection=shop, item_key=item_key, sku="A", sku_key=sku_key, erp_sku="A", erp_sku_key="a"
        )

    mapping("1", "a")
    assert refused(lambda: mapping("1", "b"))
    assert refused(lambda: mapping("2", "a"))
    for _ in range(2):
        assert not refused(lambda: mapping(None, None))


def test_words_and_lines_that_nothing_knows(shop, line):
    assert refused(changed(shop, status="asleep")) and refused(changed(shop, platform="magento"))
    mapping = SkuMapping.objects.create(connection=shop, sku="A", erp_sku="A", erp_sku_key="a")
    assert refused(changed(mapping, how="by chance"))
    same = {"sku": "A", "product_id": 1, "variation_id": 1, "unit_price": 5, "quantity": 1}
    assert refused(lambda: line.sale.lines.create(line_id=line.line_id, **same))
    assert not refused(lambda: line.sale.lines.create(line_id="another", **same))


def test_stock_is_never_wanted_below_nothing(shop):
    cell = StockCache.objects.create(connection=shop, sku="A", sku_key="a", item_key="1")
    assert refused(lambda: StockCache.objects.create(connection=shop, sku="A", sku_key="a", item_key="1"))
    assert refused(changed(cell, wanted=-1))
    assert not refused(changed(cell, wanted=0))


def test_what_happened_to_a_sku_is_not_changed_afterwards(shop):
    note([event(TraceEvent.Kind.ERP, "A", owner_id=shop.owner_id, before=1, after=2)])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TraceEvent.objects.update(after=3)
    assert TraceEvent.objects.get().after == 2


def test_no_credential_and_no_payload_is_readable_in_the_tables():
    owner = make_operator().user
    make_erp(owner, token="plain-erp-token")
    shop = make_connection(owner=owner, credentials='{"token": "plain-credentials"}', webhook_secret="plain-hook")
    Delivery.objects.create(connection=shop, topic="orders/create", event_key="k", payload="plain-payload")
    with connection.cursor() as cursor:
        dump = []
        for table in ("storesync_connection", "storesync_erpconfig", "storesync_delivery"):
            cursor.execute(f"SELECT * FROM {table}")
            dump += cursor.fetchall()
    assert "plain-" not in str(dump)
    assert Connection.objects.get().credentials == '{"token": "plain-credentials"}'
