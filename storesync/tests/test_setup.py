"""Set-up: what each side sells, what is the same, what there is to mend."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.testing.tasks import run_tasks
from storesync.connectors.woocommerce.api import credentials_of
from storesync.mock.prokip.store import TOKEN
from storesync.mock.woo.access import KEY, SECRET
from storesync.models import Connection, ErpConfig, ErpItem, SkuMapping
from storesync.setup import reading
from storesync.tests.clients import refusal, wrong
from storesync.tests.factories import make_connection, make_erp
from storesync.tests.shops import SHOP, shopify_credentials

pytestmark = pytest.mark.django_db


@pytest.fixture
def erp(merchant, prokip):
    """The merchant's ERP at the stand-in."""
    return make_erp(merchant, token=TOKEN)


@pytest.fixture
def shopify_store(merchant, shopify):
    return make_connection(owner=merchant, address=SHOP, credentials=shopify_credentials(shopify.token))


@pytest.fixture
def woo_store(merchant, woo):
    credentials = credentials_of(KEY, SECRET)
    return make_connection(
        owner=merchant, platform="woocommerce", address="https://shop.example.com", credentials=credentials
    )


def by_sku(rows):
    return {row["sku"]: row for row in rows}


def test_all_that_is_sold_is_listed_by_side(hub, erp, shopify_store, woo_store):
    told = hub.get("setup/products").json()
    assert set(told) == {"prokipProducts", "storeProducts", "unavailable"}
    assert by_sku(told["prokipProducts"])["SPEAKER-L"] == {
        "source": "prokip", "name": "Speaker large", "sku": "SPEAKER-L", "price": 72500.5,
    }  # fmt: skip
    assert {row["connectionId"] for row in told["storeProducts"]} == {shopify_store.pk, woo_store.pk}
    mine = by_sku(row for row in told["storeProducts"] if row["connectionId"] == woo_store.pk)
    assert mine["SHIRT-M"] == {
        "source": "store", "connectionId": woo_store.pk, "name": "Work shirt - M", "sku": "SHIRT-M", "price": 15000,
    }  # fmt: skip
    assert "ERP-ONLY" not in mine and "SHOP-ONLY" in mine
    assert told["unavailable"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "setup/products"), ("GET", "setup/products/matches"), ("POST", "setup/products/readiness-check")],
)
def test_without_an_erp_there_is_nothing_to_set_up(hub, woo_store, method, path):
    answer = hub.generic(method, f"{path}?connectionId={woo_store.pk}", {"connectionId": woo_store.pk})
    assert refusal(answer) == (400, "Prokip config missing")
    push = hub.post("setup/products", {"method": "push", "connectionId": woo_store.pk})
    assert refusal(push) == (400, "Prokip config missing")


def test_what_was_read_in_the_last_minutes_is_not_read_again(hub, erp, woo_store, prokip, woo):
    hub.get("setup/products")
    before = len(prokip.calls()), len(woo.calls())
    again = hub.get("setup/products").json()
    assert (len(prokip.calls()), len(woo.calls())) == before and again["storeProducts"]
    long_ago = timezone.now() - timedelta(hours=1)
    ErpConfig.objects.update(read_at=long_ago)
    Connection.objects.update(items_read_at=long_ago)
    hub.get("setup/products")
    assert (len(prokip.calls()), len(woo.calls())) > before


@pytest.mark.usefixtures("erp", "shopify_store")
@pytest.mark.parametrize("kind", ["500", "html", "drop", "token"])
def test_a_shop_that_does_not_answer_is_named_with_what_was_known(hub, woo_store, woo, kind):
    hub.get("setup/products")
    Connection.objects.update(items_read_at=None)
    woo.fail(kind, count=100)
    told = hub.get("setup/products").json()
    (missing,) = told["unavailable"]
    assert (missing["connectionId"], missing["store"]) == (woo_store.pk, "https://shop.example.com")
    assert missing["error"]
    assert "PHONE-A" in by_sku(row for row in told["storeProducts"] if row["connectionId"] == woo_store.pk)
    assert refusal(hub.get(f"setup/products/matches?connectionId={woo_store.pk}"))[0] == 400


def test_a_shop_that_refuses_the_keys_is_broken_and_not_asked_again(hub, erp, woo_store, woo):
    woo.fail("token", count=100)
    hub.get("setup/products")
    asked = len(woo.calls())
    (missing,) = hub.get("setup/products").json()["unavailable"]
    assert missing["error"] == "The store refused our credentials. Connect it again."
    assert len(woo.calls()) == asked
    woo_store.refresh_from_db()
    assert woo_store.status == "broken"


def test_an_erp_that_refuses_the_token_is_not_asked_again(hub, erp, woo_store, prokip):
    prokip.fail("token", count=100)
    wanted = (400, "Prokip refused the token. Connect it again.")
    assert refusal(hub.get("setup/products")) == wanted
    asked = len(prokip.calls())
    assert refusal(hub.get("setup/products")) == wanted and len(prokip.calls()) == asked


def test_what_takes_too_long_is_read_on_by_a_worker(hub, erp, woo_store, monkeypatch):
    monkeypatch.setattr(reading, "WAIT", -1)
    assert hub.get("setup/products").json()["code"] == "out_of_time"
    run_tasks()
    (missing,) = hub.get("setup/products").json()["unavailable"]
    assert "ask again" in missing["error"]
    run_tasks()
    told = hub.get("setup/products").json()
    assert told["unavailable"] == [] and told["storeProducts"]


# --- The same, or not


def matches(hub, store):
    answer = hub.get(f"setup/products/matches?connectionId={store.pk}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_items_match_by_their_skus(hub, erp, shopify_store):
    told = matches(hub, shopify_store)
    pair = by_sku(told["matches"])["USB-C/Ö 1"]
    assert pair["matched"] is True and pair["manual"] is False
    assert pair["prokipProduct"].keys() == pair["storeProduct"].keys() == {"id", "name", "sku", "price"}
    assert pair["prokipProduct"]["price"] == pair["storeProduct"]["price"] == 18000
    assert [row["sku"] for row in told["unmatched"]["prokip"]] == ["ERP-ONLY"]
    assert [row["sku"] for row in told["unmatched"]["store"]] == ["SHOP-ONLY"]
    assert told["duplicates"] == [{"source": "store", "sku": "DUP-1"}]
    assert "DUP-1" not in by_sku(told["matches"])


def test_skus_are_compared_to_the_letter_and_what_is_near_is_suggested(hub, erp, woo_store):
    matches(hub, woo_store)
    SkuMapping.objects.filter(sku="PHONE-A").update(sku="phone a", erp_sku="phone a")
    SkuMapping.objects.filter(sku="MOUSE-1").update(sku="M1", erp_sku="M1", name="mouse")
    told = matches(hub, woo_store)
    assert {row["sku"]: row["suggestion"] for row in told["unmatched"]["store"]} == {
        "phone a": "PHONE-A", "M1": "MOUSE-1", "SHOP-ONLY": None,
    }  # fmt: skip
    assert {"PHONE-A", "MOUSE-1"} < {row["sku"] for row in told["unmatched"]["prokip"]}


def test_a_sku_that_the_erp_has_twice_is_listed(hub, erp, woo_store):
    matches(hub, woo_store)
    ErpItem.objects.filter(sku="PHONE-B").update(sku="PHONE-A")
    told = matches(hub, woo_store)
    assert {"source": "prokip", "sku": "PHONE-A"} in told["duplicates"]
    assert "PHONE-A" not in by_sku(told["matches"])


def check(hub, store):
    answer = hub.post("setup/products/readiness-check", {"connectionId": store.pk})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_readiness_says_what_there_is_to_mend(hub, erp, shopify_store):
    check(hub, shopify_store)
    ErpItem.objects.filter(sku="PHONE-B").update(name="", price=None)
    told = check(hub, shopify_store)
    wanting = {row["sku"]: row["issues"] for row in told["products"] if not row["ready"]}
    assert wanting == {
        "PHONE-B": ["It has no name.", "It has no price."],
        "DUP-1": ["The store has this SKU more than once."],
        "KIT-PHONE": ["It is a bundle, of which Prokip tells no stock.", "The store does not count its stock."],
        "SETUP": ["Prokip does not count its stock here.", "The store does not count its stock."],
    }
    total = len(told["products"])
    assert told["summary"] == {"total": total, "ready": total - 4, "needsAttention": 4}


# --- Whose, and how much


FOREIGN = [
    ("GET", "setup/products/matches", {}),
    ("POST", "setup/products/readiness-check", {}),
    ("POST", "setup/products", {"method": "push"}),
    ("POST", "setup/products", {"method": "pull"}),
    ("GET", "setup/mappings", {}),
    ("PUT", "setup/mappings", {"storeSku": "A", "prokipSku": "A"}),
    ("DELETE", "setup/mappings", {"storeSku": "A"}),
]


@pytest.mark.usefixtures("erp")
@pytest.mark.parametrize("call", FOREIGN)
def test_anothers_shop_does_not_exist(hub, woo, prokip, call):
    method, path, body = call
    foreign = make_connection(platform="woocommerce", address="https://shop.example.com")
    SkuMapping.objects.create(connection=foreign, sku="A", sku_key="a", erp_sku="A", how="manual")
    answer = hub.generic(method, f"{path}?connectionId={foreign.pk}", {"connectionId": foreign.pk, **body})
    assert refusal(answer) == (404, "There is no such connection.")
    assert woo.calls() == prokip.calls() == [] and SkuMapping.objects.count() == 1


def test_lists_hold_ones_own(hub, erp, woo_store):
    foreign = make_connection(platform="woocommerce", address="https://shop.example.com")
    SkuMapping.objects.create(connection=foreign, sku="A", sku_key="a", erp_sku="A", item_key="1/", how="manual")
    ErpItem.objects.create(
        erp=make_erp(foreign.owner), product_id=1, variation_id=1, sku="FOREIGN", seen_at=timezone.now()
    )
    told = hub.get("setup/products").json()
    assert {row["connectionId"] for row in told["storeProducts"]} == {woo_store.pk}
    assert "FOREIGN" not in by_sku(told["prokipProducts"])
    assert hub.get("setup/mappings").json() == {"mappings": []}


@pytest.mark.parametrize("odd", ["", "0", "-1", "x", "1.5", "9" * 20, "9" * 5000, "%F0%9F%98%80", "%00", "true"])
def test_a_query_that_makes_no_sense_is_400(hub, erp, odd):
    assert wrong(hub.get(f"setup/products/matches?connectionId={odd}")) == {"connectionId"}
    if odd:
        assert wrong(hub.get(f"setup/mappings?connectionId={odd}")) == {"connectionId"}


@pytest.mark.parametrize("odd", ["1", 0, -1, 1.5, True, None, [], {}, 10**20])
def test_a_body_that_makes_no_sense_is_400(hub, erp, odd):
    assert wrong(hub.post("setup/products/readiness-check", {"connectionId": odd})) == {"connectionId"}
    assert wrong(hub.post("setup/products", {"method": odd, "connectionId": 1})) == {"method"}
    if odd is not True:
        wanted = {"dryRun"}
        body = {"method": "push", "connectionId": 1, "dryRun": odd}
        assert wrong(hub.post("setup/products", body)) == wanted


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_queries_however_long_they_are(hub, merchant, django_assert_num_queries, rows):
    erp = make_erp(merchant, read_at=timezone.now())
    for number in range(rows):
        store = make_connection(owner=merchant, address=f"shop-{number}.myshopify.com", items_read_at=timezone.now())
        for sku in (f"SKU-{row}" for row in range(rows)):
            SkuMapping.objects.create(connection=store, sku=sku, sku_key=sku, erp_sku=sku, item_key=sku, how="manual")
        ErpItem.objects.create(
            erp=erp, product_id=1, variation_id=number + 1, sku=f"SKU-{number}", seen_at=timezone.now()
        )
    with django_assert_num_queries(5):  # the session, the ERP, the shops, and what each side sells
        assert len(hub.get("setup/products").json()["storeProducts"]) == rows * rows
    with django_assert_num_queries(5):
        assert len(matches(hub, store)["matches"]) == rows
    with django_assert_num_queries(5):
        assert len(check(hub, store)["products"]) == rows
    with django_assert_num_queries(2):
        assert len(hub.get("setup/mappings").json()["mappings"]) == rows * rows
    with django_assert_num_queries(3):
        assert len(hub.get(f"setup/mappings?connectionId={store.pk}").json()["mappings"]) == rows
