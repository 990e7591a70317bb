"""The story of a SKU: what each side has, and what happened, the newest first."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from core.text.canonical import sha256
from storesync import trace
from storesync.models import ErpItem, StockCache, TraceEvent
from storesync.tests.clients import refusal, wrong
from storesync.tests.factories import make_connection, make_erp

pytestmark = pytest.mark.django_db

Kind = TraceEvent.Kind
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
EMOJI = "👟 größe"


@pytest.fixture
def shop(merchant):
    return make_connection(owner=merchant)


def told(hub, **query):
    answer = hub.get(f"sync/trace?{urlencode(query)}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def cell(shop, sku="A", **fields):
    fields = {"item_key": sha256(sku)[:60], "seen": 9, "wanted": 7, "written": 7, "rule": "buffer", **fields}
    return StockCache.objects.create(connection=shop, sku=sku, sku_key=sha256(sku), acknowledged_at=NOON, **fields)


def noted(owner, sku="A", kind=Kind.WRITE, **fields):
    fields = {"before": 9, "after": 7, "at": NOON, "source": "run", "rule": "buffer", **fields}
    trace.note([trace.event(kind, sku, owner_id=owner.pk, **fields)])


@pytest.mark.parametrize("sku", ["A", EMOJI, " A\u00a0", " "])
def test_a_sku_is_explained(hub, merchant, shop, sku):
    erp = make_erp(merchant)
    ErpItem.objects.create(
        erp=erp, product_id=1, variation_id=1, sku=sku, sku_key=sha256(sku), stock="9.5", seen_at=NOON
    )
    cell(shop, sku)
    noted(merchant, sku, Kind.ERP, before=12, rule="", source="prokip")
    noted(merchant, sku, Kind.SALE, connection=shop, order_id="1001", rule="", source="shopify")
    noted(merchant, sku, Kind.WRITE, connection=shop)
    noted(merchant, sku, Kind.STALE, connection=shop)
    story = told(hub, sku=sku)
    assert (story["sku"], story["erp"]) == (sku, 9.5)
    assert story["channels"] == [
        {
            "connectionId": shop.pk, "store": "shop.myshopify.com", "location": "", "seen": 9, "wanted": 7,
            "written": 7, "acknowledged": "2026-11-01T12:00:00.000Z", "rule": "buffer",
        }
    ]  # fmt: skip
    assert [event["kind"] for event in story["events"]] == ["stale", "write", "sale", "erp"]
    stale, write, sale, stock = story["events"]
    assert write == {
        "at": "2026-11-01T12:00:00.000Z", "kind": "write", "source": "run", "connectionId": shop.pk, "orderId": "",
        "before": 9, "after": 7, "rule": "buffer", "write": 7, "ack": "2026-11-01T12:00:00.000Z",
    }  # fmt: skip
    assert (stale["write"], stale["ack"]) == (7, None)
    assert (sale["orderId"], sale["write"], sale["ack"]) == ("1001", None, None)
    assert (stock["connectionId"], stock["before"]) == (None, 12)


def test_one_shop_is_told_of_with_the_erp(hub, merchant, shop):
    other = make_connection(owner=merchant, address="other.myshopify.com")
    for each in (shop, other):
        cell(each)
        noted(merchant, connection=each)
    noted(merchant, kind=Kind.ERP)
    story = told(hub, sku="A", connectionId=other.pk)
    assert [channel["connectionId"] for channel in story["channels"]] == [other.pk]
    assert [event["connectionId"] for event in story["events"]] == [None, other.pk]
    assert len(told(hub, sku="A")["channels"]) == 2


def test_what_nothing_is_known_of_has_no_story(hub, shop):
    cell(shop, "B")
    assert told(hub, sku="A") == {"sku": "A", "erp": None, "channels": [], "events": []}
    assert told(hub, sku="A", connectionId=shop.pk)["channels"] == []


def test_a_sku_goes_by_its_letters(hub, merchant, shop):
    cell(shop, "A")
    noted(merchant, "A", connection=shop)
    assert told(hub, sku="a") == {"sku": "a", "erp": None, "channels": [], "events": []}


def test_anothers_story_is_not_told(hub, merchant, shop):
    foreign = make_connection()
    cell(foreign)
    noted(foreign.owner, connection=foreign)
    ErpItem.objects.create(
        erp=make_erp(foreign.owner), product_id=1, variation_id=1, sku="A", sku_key=sha256("A"), stock=1,
        seen_at=timezone.now(),
    )  # fmt: skip
    assert told(hub, sku="A") == {"sku": "A", "erp": None, "channels": [], "events": []}
    answer = hub.get(f"sync/trace?sku=A&connectionId={foreign.pk}")
    assert refusal(answer) == (404, "There is no such connection.")


@pytest.mark.parametrize("query", ["", "sku=", f"sku={'x' * 256}", "sku=%00"])
def test_a_sku_is_needed(hub, query):
    assert wrong(hub.get(f"sync/trace?{query}")) == {"sku"}


@pytest.mark.parametrize("odd", ["0", "-1", "x", "9" * 20, "true"])
def test_a_shop_is_named_by_its_number(hub, odd):
    assert wrong(hub.get(f"sync/trace?sku=A&connectionId={odd}")) == {"connectionId"}


def test_half_a_character_is_no_reason_to_fall_over(hub):
    assert hub.get("sync/trace?sku=%ED%A0%BD").status_code == 200


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_a_story_takes_four_queries_and_has_an_end(hub, merchant, shop, django_assert_num_queries, rows):
    for number in range(min(rows, 3)):
        other = make_connection(owner=merchant, address=f"{number}.myshopify.com")
        cell(other)
    trace.note(
        trace.event(Kind.WRITE, "A", owner_id=merchant.pk, before=0, after=number, connection=shop)
        for number in range(rows)
    )
    with django_assert_num_queries(4):  # the session, the shops, the ERP, the events
        story = told(hub, sku="A")
    assert [event["after"] for event in story["events"]] == list(range(rows))[::-1][:200]
    with django_assert_num_queries(4):
        told(hub, sku="A", connectionId=shop.pk)
