"""A push creates at a shop what it lacks, and nothing twice, whatever fails and however often it is asked for."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync.mock.prokip.store import TOKEN
from storesync.models import Connection, ErpConfig, ErpItem
from storesync.setup import creating
from storesync.tests.clients import hub_client, refusal
from storesync.tests.factories import make_erp
from storesync.tests.sales import an_order, take

pytestmark = pytest.mark.django_db

BATCH = "POST /wp-json/wc/v3/products/batch"
DONE = {"success": True, "message": "Products pushed successfully"}


@pytest.fixture
def merchant(merchant, prokip):
    """With an ERP at the stand-in."""
    make_erp(merchant, token=TOKEN)
    return merchant


def of(merchant, connector):
    """The merchant's connection of this shop."""
    Connection.objects.filter(pk=connector.connection.pk).update(owner=merchant)
    return connector.connection


@pytest.fixture
def woo_store(merchant, woo_shop):
    return of(merchant, woo_shop)


@pytest.fixture
def shopify_store(merchant, shopify_shop):
    return of(merchant, shopify_shop)


def push(hub, store, **more):
    return hub.post("setup/products", {"method": "push", "connectionId": store.pk, **more})


def counts(answer):
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert DONE.items() <= told.items()
    return told["created"], told["failed"], told["goesOn"]


def skus(woo):
    """How often the shop has each SKU."""
    return Counter(product.sku for product in woo.store.products.values() if product.sku)


def test_what_a_woocommerce_shop_lacks_is_created_once(hub, woo_store, woo):
    assert counts(push(hub, woo_store)) == (1, 0, False)
    (made,) = woo.api("GET", "products", params={"sku": "ERP-ONLY"}).json()
    assert (made["name"], Decimal(made["price"]), made["stock_quantity"]) == ("Spare part", 2000, 17)
    told = push(hub, woo_store).json()
    assert (told["created"], told["failed"]) == (0, 0)
    assert told["skipped"] == ErpItem.objects.count()
    assert len(woo.calls(BATCH)) == 1


def test_what_a_shopify_shop_lacks_is_created_once(hub, shopify_store, shopify):
    assert counts(push(hub, shopify_store)) == (1, 0, False)
    assert Decimal(shopify.variants()["ERP-ONLY"]["price"]) == 2000
    assert counts(push(hub, shopify_store)) == (0, 0, False)


def test_what_is_listed_keeps_to_buffer_and_limit(hub, woo_store, woo):
    Connection.objects.update(buffer=2, max_listed=10)
    push(hub, woo_store)
    (made,) = woo.api("GET", "products", params={"sku": "ERP-ONLY"}).json()
    assert made["stock_quantity"] == 10


def test_what_is_sold_and_not_booked_is_not_listed(hub, woo_store, woo):
    take(woo_store, an_order(("ERP-ONLY", 5)))
    push(hub, woo_store)
    (made,) = woo.api("GET", "products", params={"sku": "ERP-ONLY"}).json()
    assert made["stock_quantity"] == 12


@pytest.mark.parametrize(("currency", "created"), [("NGN", 1), ("USD", 0)])
def test_prices_in_another_currency_are_not_pushed(hub, woo_store, woo, currency, created):
    ErpConfig.objects.update(currency=currency)
    answer = push(hub, woo_store)
    assert (answer.status_code, answer.json().get("code")) == ((200, None) if created else (400, "currency"))
    assert len(woo.calls(BATCH)) == created


def test_a_dry_run_only_counts(hub, woo_store, woo):
    told = push(hub, woo_store, dryRun=True).json()
    assert (told["created"], told["skipped"], told["failed"]) == (1, ErpItem.objects.count() - 1, 0)
    assert woo.calls(BATCH) == []


def test_a_pull_is_not_supported(hub, woo_store, woo, prokip):
    answer = hub.post("setup/products", {"method": "pull", "connectionId": woo_store.pk})
    assert answer.status_code == 200
    assert answer.json() == {
        "success": False, "message": "Pull not supported - no product creation endpoint in Prokip API",
    }  # fmt: skip
    assert woo.calls() == prokip.calls() == []


def test_what_is_mapped_by_hand_is_not_created(hub, woo_store, woo):
    hub.put("setup/mappings", {"connectionId": woo_store.pk, "storeSku": "SHOP-ONLY", "prokipSku": "ERP-ONLY"})
    assert counts(push(hub, woo_store)) == (0, 0, False)


def test_what_the_shop_refuses_is_told(hub, woo_store, woo, monkeypatch):
    """Somebody else created it after the shop was read: WooCommerce has no SKU twice."""
    push(hub, woo_store)
    monkeypatch.setattr(creating, "lacking", lambda sides: [item for item in sides.items if item.sku == "PHONE-A"])
    told = push(hub, woo_store).json()
    assert (told["created"], told["failed"]) == (0, 1)
    assert told["problems"][0]["sku"] == "PHONE-A" and told["problems"][0]["error"]


@pytest.mark.parametrize(("status", "code"), [("paused", "connection_paused"), ("broken", "connection_broken")])
def test_a_shop_that_is_not_synced_gets_nothing(hub, woo_store, woo, status, code):
    Connection.objects.update(status=status)
    answer = push(hub, woo_store)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert woo.calls() == []


# --- Many, failures, several at once


@pytest.fixture
def many(prokip, woo):
    """The ERP has 250 products that the shop lacks."""
    prokip.control("POST", "reset", {"items": 250})
    return 250


def test_many_are_created_in_batches(hub, woo_store, woo, many):
    assert counts(push(hub, woo_store)) == (many, 0, False)
    assert len(woo.calls(BATCH)) == 3


def test_what_takes_too_long_is_created_by_a_worker(hub, woo_store, woo, many, monkeypatch):
    monkeypatch.setattr("storesync.setup.reading.WAIT", -1)
    bring = creating.bring_erp
    monkeypatch.setattr(creating, "bring_erp", lambda erp, ends_at: bring(erp, ends_at=None))
    assert counts(push(hub, woo_store)) == (0, 0, True)
    run_tasks()
    assert sum(count for sku, count in skus(woo).items() if sku.startswith("SKU-")) == many
    woo_store.refresh_from_db()
    assert woo_store.filling_until is None


def test_a_lost_answer_creates_nothing_twice(hub, woo_store, woo, many):
    woo.fail("drop after", count=1, match=BATCH)
    assert counts(push(hub, woo_store)) == (0, many, False)
    assert refusal(push(hub, woo_store))[0] == 409  # the shop may still be at it
    Connection.objects.update(filling_until=timezone.now() - timedelta(seconds=1))
    assert counts(push(hub, woo_store)) == (many - 100, 0, False)
    assert set(skus(woo).values()) == {1}


def test_a_shop_that_is_paused_meanwhile_gets_no_further_batch(hub, woo_store, woo, many, monkeypatch):
    created = creating.Pushed.count

    def pause(self, outcome):
        created(self, outcome)
        Connection.objects.get(pk=woo_store.pk).move_to("paused")

    monkeypatch.setattr(creating.Pushed, "count", pause)
    told = push(hub, woo_store).json()
    assert (told["created"], told["failed"], told["goesOn"]) == (100, 150, False)
    assert len(woo.calls(BATCH)) == 1


def test_a_worker_that_died_holds_nobody_up_for_good(hub, woo_store, woo):
    Connection.objects.update(filling_until=timezone.now() + creating.LEASE)
    assert refusal(push(hub, woo_store)) == (
        409, "Products are being pushed to this store. Ask again in a few minutes.",
    )  # fmt: skip
    Connection.objects.update(filling_until=timezone.now() - timedelta(seconds=1))
    assert counts(push(hub, woo_store)) == (1, 0, False)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_push_that_is_asked_for_ten_times_at_once_creates_each_once(merchant, shopify_store, shopify):
    """At Shopify, where many products may have one SKU."""
    answers = race([lambda: push(hub_client(merchant), shopify_store).status_code] * 10)
    assert 200 in answers and set(answers) <= {200, 409}
    nodes = shopify.ask(shopify.STOCK, first=100)["data"]["productVariants"]["nodes"]
    assert [node["sku"] for node in nodes].count("ERP-ONLY") == 1
