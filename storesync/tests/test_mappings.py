"""A SKU that a shop calls otherwise: mapped by hand, which beats its letters and frees the orders that waited."""

import pytest
from django.utils import timezone

from core.testing.tasks import run_tasks
from core.text.canonical import sha256
from storesync.mock.prokip.store import TOKEN
from storesync.models import SkuMapping
from storesync.sales.working import work_off
from storesync.tests.clients import refusal, wrong
from storesync.tests.factories import make_connection, make_erp
from storesync.tests.sales import an_order, invoices, row, take

pytestmark = pytest.mark.django_db

EMOJI = "👟 größe/42\t"


@pytest.fixture
def store(merchant, prokip):
    """A shop that was read, of a merchant with an ERP at the stand-in."""
    make_erp(merchant, token=TOKEN, currency="NGN")
    store = make_connection(owner=merchant, items_read_at=timezone.now())
    item(store, "OWN-NAME")
    item(store, EMOJI)
    return store


def item(store, sku, *, twice=False):
    """What a reading leaves of an item."""
    key = None if twice else sha256(sku)
    return SkuMapping.objects.create(
        connection=store, sku=sku, sku_key=key, erp_sku=sku, erp_sku_key=sha256(sku), item_key=f"{sku}{twice}/1"
    )


def put(hub, store, store_sku, erp_sku):
    return hub.put("setup/mappings", {"connectionId": store.pk, "storeSku": store_sku, "prokipSku": erp_sku})


def delete(hub, store, store_sku):
    return hub.delete("setup/mappings", {"connectionId": store.pk, "storeSku": store_sku})


def listed(hub):
    return [(each["storeSku"], each["prokipSku"]) for each in hub.get("setup/mappings").json()["mappings"]]


@pytest.mark.parametrize("sku", ["OWN-NAME", EMOJI])
def test_a_mapping_is_made_changed_listed_and_taken_away(hub, store, sku):
    for erp_sku in ("PHONE-A", "PHONE-B", "PHONE-B"):
        told = put(hub, store, sku, erp_sku).json()
        assert told == {"connectionId": store.pk, "storeSku": sku, "prokipSku": erp_sku}
        assert listed(hub) == [(sku, erp_sku)]
    assert delete(hub, store, sku).json() == {"success": True}
    assert listed(hub) == []
    mapping = SkuMapping.objects.get(connection=store, sku=sku)
    assert (mapping.how, mapping.erp_sku, mapping.erp_sku_key) == ("automatic", sku, sha256(sku))
    assert refusal(delete(hub, store, sku)) == (404, "There is no such mapping.")


def test_an_order_that_waited_for_the_mapping_is_sold_once(hub, store, prokip):
    order = take(store, an_order(("OWN-NAME", 2)))
    work_off(store)
    assert row(order).status == "blocked" and invoices(prokip) == []
    for _ in range(2):
        assert put(hub, store, "OWN-NAME", "PHONE-A").status_code == 200
        run_tasks()
    assert row(order).status == "sent" and invoices(prokip) == ["SHOPIFY-1"]
    (line,) = row(order).sale.lines.all()
    assert line.quantity == 2 and prokip.state()["stock"]["PHONE-A"] == 18


def test_a_sku_of_a_blocked_order_is_mapped_though_its_item_is_gone(hub, store, prokip):
    take(store, an_order("GONE"))
    work_off(store)
    assert put(hub, store, "GONE", "PHONE-A").status_code == 200
    run_tasks()
    assert invoices(prokip) == ["SHOPIFY-1"]
    assert delete(hub, store, "GONE").status_code == 200
    assert not SkuMapping.objects.filter(sku="GONE").exists()


@pytest.mark.parametrize("erp_sku", ["NOWHERE", "phone-a", "PHONE-A ", "👟", "x" * 255])
def test_what_the_erp_does_not_have_is_refused(hub, store, erp_sku):
    assert wrong(put(hub, store, "OWN-NAME", erp_sku)) == {"prokipSku"}
    assert listed(hub) == []


@pytest.mark.parametrize("store_sku", ["NOWHERE", "own-name", " OWN-NAME", "PHONE-A"])
def test_what_the_shop_does_not_have_is_refused(hub, store, store_sku):
    take(store, an_order("OTHER"))
    assert wrong(put(hub, store, store_sku, "PHONE-A")) == {"storeSku"}
    assert listed(hub) == []


def test_a_shop_that_was_not_read_yet_is_read(hub, merchant, prokip, woo_shop):
    store = woo_shop.connection
    make_erp(merchant, token=TOKEN)
    store.owner = merchant
    store.save()
    assert put(hub, store, "SHOP-ONLY", "ERP-ONLY").status_code == 200
    told = hub.get(f"setup/products/matches?connectionId={store.pk}").json()
    (by_hand,) = [each for each in told["matches"] if each["manual"]]
    assert (by_hand["sku"], by_hand["prokipProduct"]["sku"]) == ("SHOP-ONLY", "ERP-ONLY")
    assert told["unmatched"] == {"prokip": [], "store": []}


def test_without_an_erp_nothing_is_mapped(hub, merchant):
    store = make_connection(owner=merchant)
    assert refusal(put(hub, store, "A", "B")) == (400, "Prokip config missing")


@pytest.mark.parametrize("field", ["storeSku", "prokipSku"])
@pytest.mark.parametrize("odd", ["", "x" * 256, "a\x00", 7, 10**20, 1.5, True, None, [], {}])
def test_a_sku_is_a_text_of_up_to_255_characters(hub, store, field, odd):
    body = {"connectionId": store.pk, "storeSku": "OWN-NAME", "prokipSku": "PHONE-A", field: odd}
    assert wrong(hub.put("setup/mappings", body)) == {field}
    if field == "storeSku":
        assert wrong(hub.delete("setup/mappings", body)) == {field}
    assert listed(hub) == []


def test_half_a_character_is_no_sku(hub, store):
    body = f'{{"connectionId": {store.pk}, "storeSku": "\\ud83d", "prokipSku": "PHONE-A"}}'
    for method in ("PUT", "DELETE"):
        assert refusal(hub.generic(method, "setup/mappings", body))[0] == 400
