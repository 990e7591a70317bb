"""What a user sees and does of connected shops; another user's do not exist."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from storesync.models import Connection, Delivery, ErpSale, StockCache, StoreOrder
from storesync.tests.clients import refusal, wrong
from storesync.tests.factories import make_connection, make_order, make_sale
from storesync.tests.shops import connect_woo, shopify_credentials

pytestmark = pytest.mark.django_db

PROBLEMS = [{"code": "no_sku", "message": "A line has no SKU."}]


@pytest.fixture
def shop(merchant):
    return make_connection(owner=merchant)


@pytest.fixture
def foreign():
    """Another user's connection of the same shop."""
    return make_connection()


def stock(connection, sku, location=""):
    return StockCache.objects.create(
        connection=connection, sku=sku, sku_key=sku, item_key=sku, location=location, wanted=1
    )


@pytest.fixture(autouse=True)
def silence(settings):
    """No shop answers."""
    settings.MOCK_MODE, settings.MOCK_SHOPIFY_URL = True, "http://127.0.0.1:9"


def status_of(connection):
    connection.refresh_from_db()
    return connection.status


def test_the_status_says_how_each_shop_stands(hub, shop):
    shop.last_sync_at = datetime(2026, 1, 5, 10, 30, tzinfo=UTC)
    shop.save()
    for sku, location in (("A", "1"), ("A", "2"), ("B", "1")):
        stock(shop, sku, location)
    sold = make_sale(make_order(shop))
    ErpSale.objects.update(erp_id=5, confirmed_at=timezone.now())
    make_sale(make_order(shop, order_id="reserved", status="reserved", next_attempt_at=timezone.now()))
    StoreOrder.objects.filter(pk=sold.order_id).update(status="sent")
    make_order(shop, order_id="tried", next_attempt_at=timezone.now(), problems=PROBLEMS)
    make_order(shop, order_id="unpaid")
    assert hub.get("sync/status").json() == [
        {
            "id": shop.pk,
            "platform": "shopify",
            "storeUrl": "shop.myshopify.com",
            "lastSync": "2026-01-05T10:30:00.000Z",
            "syncEnabled": True,
            "productCount": 2,
            "orderCount": 1,
            "health": {"status": "ok", "problems": []},
            "waiting": 2,
            "errors": 0,
        }
    ]
    assert hub.get("connections").json() == hub.get("sync/status").json()


def test_what_needs_a_person_is_counted_until_it_is_dismissed(hub, shop):
    blocked = make_order(shop, status="blocked", problems=PROBLEMS)
    make_order(shop, order_id="out of tries", status="reserved", problems=PROBLEMS)
    make_order(shop, order_id="ignored", status="ignored", problems=PROBLEMS)
    make_order(shop, order_id="oversold", status="sent", is_oversold=True)
    Delivery.objects.create(connection=shop, topic="orders/create", event_key="k", status="parked")
    (row,) = hub.get("sync/status").json()
    assert (row["errors"], row["health"]["status"], len(row["health"]["problems"])) == (3, "attention", 3)
    StoreOrder.objects.filter(pk=blocked.pk).update(dismissed_at=timezone.now())
    assert hub.get("sync/status").json()[0]["errors"] == 2


@pytest.mark.parametrize("rows", [1, 3, 20])
@pytest.mark.parametrize("path", ["connections", "sync/status"])
def test_the_status_of_all_takes_two_queries(hub, merchant, django_assert_num_queries, rows, path):
    for number in range(rows):
        shop = make_connection(owner=merchant, address=f"shop-{number}.myshopify.com")
        stock(shop, "A")
        make_order(shop, status="blocked", problems=PROBLEMS)
    with django_assert_num_queries(2):  # the session, and the rows
        assert len(hub.get(path).json()) == rows


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_anothers_connection_does_not_exist(hub, foreign, method):
    answer = hub.generic(method, f"connections/{foreign.pk}", {"syncEnabled": False})
    assert refusal(answer) == (404, "There is no such connection.")
    assert status_of(foreign) == "active"


def test_lists_hold_ones_own(hub, shop, foreign):
    assert [row["id"] for row in hub.get("connections").json()] == [shop.pk]


@pytest.mark.parametrize("odd", ["0", "-1", "x", "1.5", "9" * 30, "%00"])
def test_what_is_no_id_is_404(hub, odd):
    assert refusal(hub.delete(f"connections/{odd}"))[0] == 404


# --- Settings

DEFAULTS = {"syncEnabled": True, "buffer": 0, "maxListed": None, "locations": [], "priceSync": False}
OTHERS = {"syncEnabled": False, "buffer": 2, "maxListed": 50, "locations": ["61002", "61001"], "priceSync": True}


def test_settings_are_shown_and_changed(hub, shop, shopify):
    Connection.objects.update(credentials=shopify_credentials(shopify.token))
    shown = hub.get(f"connections/{shop.pk}").json()
    assert DEFAULTS.items() <= shown.items()
    changed = hub.patch(
        f"connections/{shop.pk}", {**OTHERS, "locations": ["61002", 61001, "61002"], "unknown": 1}
    ).json()
    assert OTHERS.items() <= changed.items() and changed["health"]["status"] == "paused"
    assert hub.get(f"connections/{shop.pk}").json() == changed
    assert hub.patch(f"connections/{shop.pk}").json() == changed
    back = hub.patch(f"connections/{shop.pk}", {"maxListed": None, "syncEnabled": True}).json()
    assert {**OTHERS, "maxListed": None, "syncEnabled": True}.items() <= back.items()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("syncEnabled", 1), ("syncEnabled", None), ("buffer", -1), ("buffer", "1"), ("buffer", 1.0), ("buffer", None),
        ("buffer", 10**20), ("maxListed", -1), ("maxListed", True), ("locations", "1"), ("locations", None),
        ("locations", [None]), ("locations", [True]), ("locations", [[]]), ("locations", ["x" * 101]),
        ("locations", ["a\x00"]), ("locations", ["1"] * 201), ("priceSync", "yes"),
    ],
    ids=repr,
)  # fmt: skip
def test_settings_are_strict_and_change_together_or_not_at_all(hub, shop, field, value):
    answer = hub.patch(f"connections/{shop.pk}", {**OTHERS, field: value})
    assert {name.partition("[")[0].partition(".")[0] for name in wrong(answer)} == {field}
    assert DEFAULTS.items() <= hub.get(f"connections/{shop.pk}").json().items()


@pytest.mark.parametrize(
    ("locations", "named"), [(["7"], "7"), (["61001", "x", "7"], "7, x"), (["61001 2"], "61001 2"), ([""], "")]
)
def test_a_location_that_the_shop_does_not_have_is_refused(hub, shop, shopify, locations, named):
    Connection.objects.update(credentials=shopify_credentials(shopify.token))
    answer = hub.patch(f"connections/{shop.pk}", {**OTHERS, "locations": locations})
    assert "locations" in wrong(answer).pop() and named in answer.json()["details"]
    assert DEFAULTS.items() <= hub.get(f"connections/{shop.pk}").json().items()


def test_a_shop_with_one_stock_has_no_locations(hub, woo):
    shop = connect_woo(hub)
    assert wrong(hub.patch(f"connections/{shop}", {"locations": ["1"]})) == {"locations"}
    assert hub.patch(f"connections/{shop}", {"locations": []}).status_code == 200


def test_locations_are_asked_of_the_shop_where_they_are_new(hub, shop):
    assert hub.patch(f"connections/{shop.pk}", {"locations": ["61001"]}).json()["code"] == "unreachable"
    Connection.objects.update(locations=["61001", "61002"])
    assert hub.patch(f"connections/{shop.pk}", {"locations": ["61002"]}).json()["locations"] == ["61002"]


def test_a_shop_that_refuses_us_when_it_is_asked_for_locations_is_broken(hub, shop, shopify):
    assert hub.patch(f"connections/{shop.pk}", {"locations": ["61001"]}).json()["code"] == "connection_broken"
    assert status_of(shop) == "broken"


def test_no_answer_shows_a_secret(hub, merchant):
    shop = make_connection(owner=merchant, credentials='{"token": "plain-token"}', webhook_secret="plain-hook")
    answers = [hub.get("connections"), hub.get(f"connections/{shop.pk}"), hub.patch(f"connections/{shop.pk}")]
    assert [answer for answer in answers if b"plain-" in answer.content] == []


# --- A pause, and the end


@pytest.fixture
def shops(merchant):
    """One of each status."""
    made = {}
    for status in ("active", "paused", "broken"):
        made[status] = make_connection(owner=merchant, address=f"{status}.myshopify.com", status=status)
    return made


def statuses(shops):
    return [status_of(shop) for shop in shops.values()]


def test_all_shops_of_the_user_pause_and_resume(hub, shops, foreign):
    assert hub.post("sync/pause").json() == {"success": True, "message": "Sync paused"}
    assert statuses(shops) == ["paused", "paused", "broken"]
    assert hub.post("sync/resume").json() == {"success": True, "message": "Sync resumed"}
    assert statuses(shops) == ["active", "active", "broken"]
    assert hub.get("sync/status").json()[2]["syncEnabled"] is False
    assert foreign.status_history.count() == 0


def test_one_shop_pauses_and_resumes_and_twice_is_once(hub, shops):
    one = {"connectionId": shops["active"].pk}
    for _ in range(2):
        assert hub.post("sync/pause", one).status_code == 200
        assert statuses(shops) == ["paused", "paused", "broken"]
    for _ in range(2):
        assert hub.post("sync/resume", one).status_code == 200
        assert statuses(shops) == ["active", "paused", "broken"]
    changes = shops["active"].status_history.values_list("status", "actor")
    assert list(changes) == [("active", hub.user.pk), ("paused", hub.user.pk)]


def test_orders_of_a_pause_go_on_once_it_is_over(hub, shops):
    hub.post("sync/resume")
    (task,) = DBTaskResult.objects.all()
    assert task.task_path.endswith("send_orders")
    assert task.task_result.kwargs == {"connection_id": shops["paused"].pk}


@pytest.mark.parametrize("call", ["pause", "resume"])
def test_anothers_shop_is_not_paused_and_nonsense_is_refused(hub, foreign, call):
    assert refusal(hub.post(f"sync/{call}", {"connectionId": foreign.pk}))[0] == 404
    for nonsense in ("1", 0, -1, 1.5, True, None, [], 2**63):
        assert wrong(hub.post(f"sync/{call}", {"connectionId": nonsense})) == {"connectionId"}
    assert foreign.status_history.count() == 0


def test_a_broken_shop_is_not_resumed_but_connected_again(hub, shops):
    broken = shops["broken"]
    assert hub.post("sync/resume", {"connectionId": broken.pk}).json()["code"] == "connection_broken"
    answer = hub.patch(f"connections/{broken.pk}", {"buffer": 9, "syncEnabled": True})
    assert answer.json()["code"] == "connection_broken"
    broken.refresh_from_db()
    assert (broken.status, broken.buffer) == ("broken", 0)
    health = hub.get(f"connections/{broken.pk}").json()["health"]
    assert health == {"status": "broken", "problems": ["The store refused our credentials. Connect it again."]}


def test_a_disconnected_shop_keeps_its_orders_and_no_secret(hub, merchant):
    shop = make_connection(owner=merchant, webhook_secret="hook")
    order = make_order(shop)
    assert hub.delete(f"connections/{shop.pk}").json() == {"success": True}
    shop.refresh_from_db()
    assert (shop.status, shop.key, shop.credentials, shop.webhook_secret) == ("removed", None, None, None)
    assert shop.orders.get() == order
    assert shop.status_history.get().actor == merchant
    assert hub.get("connections").json() == []
    for answer in (hub.get(f"connections/{shop.pk}"), hub.delete(f"connections/{shop.pk}")):
        assert answer.status_code == 404
    assert hub.post("sync/resume", {"connectionId": shop.pk}).status_code == 404
    make_connection(owner=merchant)
    assert Connection.objects.kept().count() == 1
