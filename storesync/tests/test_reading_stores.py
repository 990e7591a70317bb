"""What the ERP and a shop have: only what changed is written, and a reading that fails changes nothing."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice

import pytest
from django.utils import timezone

from core.text.canonical import sha256
from storesync import wire
from storesync.erp.records import ErpProduct
from storesync.mock.catalogue import generated
from storesync.models import ErpConfig, ErpItem, SkuMapping, TraceEvent
from storesync.setup.matching import ask_to_read, read_shop, read_shop_when_due
from storesync.stock.reading import read_erp
from storesync.tests.factories import make_erp

MANY = 10_000


@pytest.fixture
def config(db, merchant, prokip):
    return make_erp(merchant)


@pytest.fixture
def read(config, erp):
    return lambda: read_erp(config, erp)


def item(sku):
    return ErpItem.objects.get(sku=sku)


def traced(sku):
    return list(TraceEvent.objects.filter(sku_key=sha256(sku)).order_by("pk").values_list("kind", "before", "after"))


def test_the_erp_s_items_are_known_with_their_stock_and_combined_ones_without(read, config):
    read()
    phone, kit = item("PHONE-A"), item("KIT-PHONE")
    assert (phone.stock, phone.price, phone.sku_key) == (20, Decimal("250000.00"), sha256("PHONE-A"))
    assert (kit.stock, kit.is_combined) == (None, True)
    assert config.read_at == ErpConfig.objects.get().read_at is not None


def test_only_what_changed_is_written_and_traced(read, prokip, erp):
    read()
    first = item("PHONE-A").seen_at
    prokip.set_stock("PHONE-B", 3)
    read()
    assert item("PHONE-A").seen_at == first < item("PHONE-B").seen_at
    assert (traced("PHONE-A"), traced("PHONE-B")) == ([("erp", None, 20)], [("erp", None, 7), ("erp", 7, 3)])


def test_what_the_erp_no_longer_has_is_forgotten(read, config):
    read()
    ErpItem.objects.create(erp=config, product_id=9, variation_id=9, sku="OLD", seen_at=timezone.now())
    read()
    assert not ErpItem.objects.filter(sku="OLD").exists()


def break_off(source, monkeypatch):
    """Let its list of products end after three with a line that is cut."""
    whole = source.products

    def half():
        yield from islice(whole(), 3)
        raise wire.Unreachable

    monkeypatch.setattr(source, "products", half)


def test_a_reading_of_the_erp_that_fails_midway_changes_nothing(read, prokip, erp, monkeypatch):
    read()
    before = ErpConfig.objects.get().read_at
    prokip.set_stock("PHONE-A", 1)
    break_off(erp, monkeypatch)
    with pytest.raises(wire.Unreachable):
        read()
    assert (item("PHONE-A").stock, ErpConfig.objects.get().read_at) == (20, before)
    assert ErpItem.objects.count() > 3


def test_what_another_erp_showed_is_not_kept_for_this_one(read, config):
    ErpConfig.objects.update(location_id=2)
    read()
    assert not ErpItem.objects.exists()
    assert ErpConfig.objects.get().read_at is None


def test_a_reading_that_began_earlier_loses(read, config):
    later = timezone.now() + timedelta(hours=1)
    ErpConfig.objects.update(read_at=later)
    read()
    assert (ErpItem.objects.count(), ErpConfig.objects.get().read_at) == (0, later)


def test_many_items_of_the_erp_take_few_calls_and_few_queries(read, prokip, django_assert_max_num_queries):
    prokip.control("POST", "reset", {"items": MANY})
    with django_assert_max_num_queries(250):
        read()
    assert (ErpItem.objects.count(), len(prokip.calls())) == (MANY, 20)
    with django_assert_max_num_queries(10):
        read()
    assert TraceEvent.objects.count() == MANY


@pytest.mark.parametrize(("product_id", "sku"), [(0, "A"), (2**63, "A"), (1, "")])
def test_what_cannot_be_told_from_others_is_left_out(read, erp, monkeypatch, product_id, sku):
    wild = ErpProduct(product_id, 1, sku, "N" * 600, Decimal(1), Decimal(10) ** 9 * 7, is_combined=False)
    monkeypatch.setattr(erp, "products", lambda: iter([wild, replace(wild, product_id=5, variation_id=2, sku="B")]))
    read()
    assert [(kept.sku, len(kept.name)) for kept in ErpItem.objects.all()] == [("B", 255)]
    assert traced("B") == []


# Shops


@pytest.fixture(params=["shopify", "woo"])
def shop(request):
    return request.getfixturevalue(f"{request.param}_shop")


def mapping(sku):
    return SkuMapping.objects.get(sku=sku)


def rows():
    return set(SkuMapping.objects.values_list("pk", "sku", "sku_key"))


def is_pushed(sku):
    return SkuMapping.objects.filter(sku=sku, sku_key=sha256(sku), item_key__isnull=False).exists()


def by_hand(shop, sku, erp_sku):
    keys = {"sku_key": sha256(sku), "erp_sku_key": sha256(erp_sku)}
    fields = {"sku": sku, "erp_sku": erp_sku, "how": "manual", **keys}
    SkuMapping.objects.filter(connection=shop.connection, sku=sku).delete()
    return SkuMapping.objects.create(connection=shop.connection, **fields)


def test_a_shop_s_items_are_mapped_by_their_skus_to_the_letter(shop):
    read_shop(shop.connection, shop)
    phone, shirt = mapping("PHONE-A"), mapping("SHIRT-M")
    assert (phone.erp_sku, phone.how, phone.is_tracked) == ("PHONE-A", "automatic", True)
    assert (phone.price, bool(shirt.variant_id)) == (Decimal("250000.00"), True)
    assert phone.item_key == f"{phone.item_id}/{phone.variant_id}"
    assert not mapping("SETUP").is_tracked


def test_nothing_is_written_where_nothing_changed(shop):
    read_shop(shop.connection, shop)
    before = rows()
    read_shop(shop.connection, shop)
    assert rows() == before


def test_a_sku_that_a_shop_has_twice_is_mapped_to_nothing(shopify_shop):
    read_shop(shopify_shop.connection, shopify_shop)
    assert list(SkuMapping.objects.filter(sku="DUP-1").values_list("sku_key", flat=True)) == [None, None]


def test_a_mapping_by_hand_gets_its_item_and_stays(shop):
    made = by_hand(shop, "PHONE-A", "PHONE-X")
    for _ in range(2):
        read_shop(shop.connection, shop)
    kept = mapping("PHONE-A")
    assert (kept.pk, kept.erp_sku, kept.how, bool(kept.item_key)) == (made.pk, "PHONE-X", "manual", True)


def test_a_mapping_by_hand_outlives_its_item(shop, monkeypatch):
    by_hand(shop, "PHONE-A", "PHONE-X")
    read_shop(shop.connection, shop)
    rest = [item for item in shop.products() if item.sku == "PHONE-B"]
    monkeypatch.setattr(shop, "products", lambda: iter(rest))
    read_shop(shop.connection, shop)
    assert set(SkuMapping.objects.values_list("sku", "erp_sku")) == {("PHONE-A", "PHONE-X"), ("PHONE-B", "PHONE-B")}
    assert (mapping("PHONE-A").item_key, mapping("PHONE-A").sku_key) == (None, sha256("PHONE-A"))


def test_of_a_sku_that_stands_twice_a_mapping_by_hand_is_good_for_orders_and_no_item(shopify_shop):
    by_hand(shopify_shop, "DUP-1", "PHONE-A")
    read_shop(shopify_shop.connection, shopify_shop)
    found = SkuMapping.objects.filter(sku="DUP-1").order_by("pk").values_list("erp_sku", "sku_key", "item_id")
    assert [(name, bool(key), bool(number)) for name, key, number in found] == [
        ("PHONE-A", True, False),
        ("DUP-1", False, True),
        ("DUP-1", False, True),
    ]
    assert not is_pushed("DUP-1")


def test_items_that_exchange_their_skus_are_mapped_anew(shop, monkeypatch):
    by_hand(shop, "PHONE-C", "PHONE-X")
    read_shop(shop.connection, shop)
    items = {item.sku: item for item in shop.products()}
    names = {"PHONE-A": "PHONE-B", "PHONE-B": "PHONE-C", "PHONE-C": "PHONE-A"}
    turned = [replace(item, sku=names.get(sku, sku)) for sku, item in items.items()]
    monkeypatch.setattr(shop, "products", lambda: iter(turned))
    read_shop(shop.connection, shop)
    assert {sku: mapping(name).item_id for sku, name in names.items()} == {
        sku: items[sku].ref.item_id for sku in names
    }
    assert mapping("PHONE-C").how == "manual"


def test_an_item_that_stands_on_two_pages_is_one(shop, monkeypatch):
    """Somebody added a product between the two."""
    items = list(shop.products())
    monkeypatch.setattr(shop, "products", lambda: iter([*items, items[-1]]))
    read_shop(shop.connection, shop)
    assert is_pushed(items[-1].sku)


def test_a_reading_of_a_shop_that_fails_midway_changes_nothing(shop, monkeypatch):
    read_shop(shop.connection, shop)
    before, read_at = rows(), shop.connection.items_read_at
    break_off(shop, monkeypatch)
    with pytest.raises(wire.Unreachable):
        read_shop(shop.connection, shop)
    assert (rows(), shop.connection.items_read_at) == (before, read_at)


def test_a_shop_is_read_when_that_is_due(woo_shop, clock):
    shop, reads = woo_shop.connection, []
    woo_shop.products = lambda: reads.append(1) or iter(())
    read_shop_when_due(shop, woo_shop)
    read_shop_when_due(shop, woo_shop)
    assert len(reads) == 1
    ask_to_read(shop)
    shop.refresh_from_db()
    read_shop_when_due(shop, woo_shop)
    assert len(reads) == 2
    clock.shift(timedelta(days=1, seconds=1))
    read_shop_when_due(shop, woo_shop)
    assert len(reads) == 3


def test_many_items_of_a_shop_take_few_calls_and_few_queries(shopify, request, django_assert_max_num_queries):
    shopify.store.fill(generated(MANY))
    shopify_shop = request.getfixturevalue("shopify_shop")
    items = list(shopify_shop.products())
    shopify_shop.products = lambda: iter(items)
    assert shopify_shop.meter.calls <= 15
    with django_assert_max_num_queries(250):
        read_shop(shopify_shop.connection, shopify_shop)
    assert SkuMapping.objects.exclude(sku_key=None).count() == MANY
    with django_assert_max_num_queries(10):
        read_shop(shopify_shop.connection, shopify_shop)
