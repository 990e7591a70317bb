"""What needs a person is listed, told once, tried again and dismissed; another's does not exist."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.encryption import encrypted_fields
from core.testing.tasks import run_tasks
from storesync import hooks, syncing
from storesync.admin import widgets
from storesync.connecting import keep
from storesync.connections import disconnect
from storesync.inbox.handling import handle
from storesync.models import Connection, Delivery, ErpConfig, HookRemoval, StoreOrder, SyncRun
from storesync.sales.working import work_off
from storesync.signals import trouble_found
from storesync.stock.reserved import reserved
from storesync.tests.clients import MOMENT, hub_client, refusal
from storesync.tests.factories import make_connection, make_erp, make_operator, make_order
from storesync.tests.sales import an_order, invoices, shop, take, work
from storesync.tests.shops import shopify_shop
from storesync.troubles import Disconnected

__all__ = ["shop", "shopify_shop"]

pytestmark = pytest.mark.django_db

PROBLEMS = [{"code": "sku_unknown", "message": "The ERP does not have it."}]
BROKEN = "The store refused our credentials. Connect it again."


@pytest.fixture
def mine(merchant):
    return make_connection(owner=merchant)


@pytest.fixture
def told():
    """What was told: kind and message."""
    heard = []

    def hear(kind, message, **_):
        heard.append((kind, message))

    trouble_found.connect(hear)
    yield heard
    trouble_found.disconnect(hear)


def parked(connection, key="k"):
    return Delivery.objects.create(
        connection=connection, topic="orders/create", event_key=key, status="parked", error="No way.", attempts=1
    )


def all_kinds(connection):
    """A row of each kind but a broken shop, which is another one's."""
    make_order(connection, status="blocked", problems=PROBLEMS, attempts=1)
    make_order(connection, order_id="1002", status="sent", is_oversold=True)
    parked(connection)
    told_at = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(hooks_problem="They are gone.", hooks_told_at=told_at)
    broken = make_connection(owner=connection.owner, address="broken.myshopify.com", credentials="{}")
    broken.break_off(note="It refused.")
    make_erp(connection.owner).refuse()
    return broken


def listed(api):
    return api.get("sync/errors").json()


def test_everything_that_needs_a_person_is_listed(hub, mine):
    broken = all_kinds(mine)
    order, oversold, delivery = (
        StoreOrder.objects.order_by("pk")[0],
        StoreOrder.objects.last(),
        Delivery.objects.get(),
    )
    rows = {row["id"]: row for row in listed(hub)}
    assert {key: (row["connectionId"], row["orderId"], row["kind"]) for key, row in rows.items()} == {
        f"order-{order.pk}": (mine.pk, "1001", "blocked"),
        f"order-{StoreOrder.objects.get(order_id='1002').pk}": (mine.pk, "1002", "oversold"),
        f"delivery-{delivery.pk}": (mine.pk, None, "unreadable"),
        f"store-{mine.pk}": (mine.pk, None, "hooks"),
        f"store-{broken.pk}": (broken.pk, None, "broken"),
        f"erp-{ErpConfig.objects.get().pk}": (None, None, "broken"),
    }
    assert (rows[f"order-{order.pk}"]["message"], rows[f"order-{order.pk}"]["attempts"]) == (
        "The ERP does not have it.",
        1,
    )
    assert all(MOMENT.fullmatch(row["createdAt"]) for row in rows.values())
    assert oversold


def test_the_health_of_a_shop_says_the_same(hub, mine):
    all_kinds(mine)
    shown = {row["id"]: row["health"] for row in hub.get("sync/status").json()}
    assert shown[mine.pk] == {
        "status": "attention",
        "problems": [
            "The ERP refused its token. Connect it again.",
            "They are gone.",
            "1 order needs a person.",
            "1 webhook could not be read.",
            "1 order sold what another shop had sold.",
        ],
    }


def test_anothers_errors_do_not_exist(hub, mine):
    all_kinds(make_connection())
    assert listed(hub) == []
    rows = [*StoreOrder.objects.all(), Delivery.objects.get(), *Connection.objects.all(), ErpConfig.objects.get()]
    names = {StoreOrder: "order", Delivery: "delivery", Connection: "store", ErpConfig: "erp"}
    for row in rows:
        if row != mine:
            for what in ("replay", "dismiss"):
                answer = hub.post(f"sync/errors/{names[type(row)]}-{row.pk}/{what}")
                assert refusal(answer) == (404, "There is no such error."), row


@pytest.mark.parametrize("odd", ["1", "order-", "order-x", "order-0", "cat-1", "order-" + "9" * 30, "order--1"])
def test_what_is_no_error_is_404(hub, odd):
    assert refusal(hub.post(f"sync/errors/{odd}/replay"))[0] == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_five_queries(hub, merchant, django_assert_num_queries, rows):
    make_erp(merchant)
    for number in range(rows):
        connection = make_connection(owner=merchant, address=f"shop-{number}.myshopify.com")
        make_order(connection, status="blocked", problems=PROBLEMS)
        parked(connection)
        connection.break_off(note="It refused.")
    with django_assert_num_queries(5):  # the session, orders, webhooks, shops, the ERP
        assert len(listed(hub)) == 3 * rows


# --- Another try


def test_an_order_is_tried_again_and_sold_once(shop, prokip):
    order, api = take(shop, an_order("NO-SUCH-SKU")), hub_client(shop.owner)
    work(shop)
    [row] = listed(api)
    StoreOrder.objects.get(pk=order.pk)
    take(shop, an_order("CABLE-C", version=order.version + timedelta(minutes=1)))
    prokip.fail("token")
    work(shop)
    prokip.heal()
    ErpConfig.objects.update(refused_at=None)
    for _ in range(2):
        assert api.post(f"sync/errors/{row['id']}/replay").json() == {"success": True}
    run_tasks()
    api.post(f"sync/errors/{row['id']}/replay")
    run_tasks()
    assert (listed(api), invoices(prokip)) == ([], ["SHOPIFY-1"])


def test_a_webhook_is_tried_again(hub, mine):
    delivery = parked(mine)
    for _ in range(2):
        assert hub.post(f"sync/errors/delivery-{delivery.pk}/replay").status_code == 200
    run_tasks()
    assert Delivery.objects.get().status == "ignored"  # its payload was forgotten
    assert listed(hub) == []


def test_webhooks_are_made_again(shopify_shop, shopify):
    shop = shopify_shop.connection
    Connection.objects.update(hooks_problem="They are gone.", hooks_told_at=timezone.now())
    assert hub_client(shop.owner).post(f"sync/errors/store-{shop.pk}/replay").status_code == 200
    run_tasks()
    assert len(shopify.state()["hooks"]) == 5


@pytest.mark.parametrize("what", ["replay", "dismiss"])
def test_refused_credentials_want_new_ones(hub, mine, what):
    mine.break_off(note="It refused.")
    assert refusal(hub.post(f"sync/errors/store-{mine.pk}/{what}")) == (400, BROKEN)


def test_what_is_dismissed_is_listed_no_more_and_stays_as_it_is(hub, mine):
    all_kinds(mine)
    for row in listed(hub):
        if row["kind"] != "broken":
            for _ in range(2):
                assert hub.post(f"sync/errors/{row['id']}/dismiss").json() == {"success": True}
    assert {row["kind"] for row in listed(hub)} == {"broken"}
    assert set(StoreOrder.objects.values_list("status", flat=True)) == {"blocked", "sent"}


def test_what_is_well_cannot_be_dismissed_beforehand(hub, mine):
    order = make_order(mine, status="sent")
    assert hub.post(f"sync/errors/order-{order.pk}/dismiss").json() == {"success": True}
    StoreOrder.objects.filter(pk=order.pk).update(problems=PROBLEMS)
    assert [row["id"] for row in listed(hub)] == [f"order-{order.pk}"]


def test_a_dismissed_order_that_is_replayed_is_listed_again(hub, mine):
    order = make_order(mine, status="blocked", problems=PROBLEMS)
    hub.post(f"sync/errors/order-{order.pk}/dismiss")
    hub.post(f"sync/errors/order-{order.pk}/replay")
    assert [row["id"] for row in listed(hub)] == [f"order-{order.pk}"]


# --- A shop that is disconnected or paused


@pytest.fixture
def left(hub, merchant):
    """A shop that was disconnected with one order to sell and one to take back, and what else is open."""
    removed = make_connection(owner=merchant, address="gone.myshopify.com")
    now = timezone.now()
    make_order(removed, order_id="sell", is_paid=True, next_attempt_at=now)
    make_order(removed, order_id="return", status="sent", is_paid=True, next_attempt_at=now)
    make_order(removed, order_id="blocked", status="blocked", problems=PROBLEMS)
    make_order(removed, order_id="under way", status="reserved", is_paid=True, next_attempt_at=now)
    make_order(removed, order_id="unpaid")
    parked(removed)
    hub.delete(f"connections/{removed.pk}")
    return removed


def test_what_a_disconnected_shop_leaves_is_listed(hub, left):
    rows = listed(hub)
    assert sorted((row["orderId"] or "", row["kind"]) for row in rows) == [
        ("", "unreadable"), ("blocked", "blocked"), ("return", "blocked"), ("sell", "blocked"),
    ]  # fmt: skip
    assert {row["message"] for row in rows if row["orderId"] in ("return", "sell")} == {Disconnected.message}
    assert listed(hub_client(make_operator("other").user)) == []
    figures = widgets.figures()
    assert (figures["waiting"], figures["blocked"]) == (1, 3)


def test_what_a_disconnected_shop_leaves_is_not_tried_again_but_dismissed(hub, left):
    for row in listed(hub):
        assert refusal(hub.post(f"sync/errors/{row['id']}/replay")) == (400, Disconnected.message)
        assert hub.post(f"sync/errors/{row['id']}/dismiss").status_code == 200
    assert listed(hub) == []


def test_a_dismissed_order_is_not_sold_when_its_shop_comes_back(shop, prokip):
    order, api = take(shop, an_order("CABLE-C")), hub_client(shop.owner)
    disconnect(connection=Connection.objects.get(pk=shop.pk), by=shop.owner)
    api.post(f"sync/errors/order-{order.pk}/dismiss")
    again = keep(
        Connection(platform=shop.platform, address=shop.address, identity=shop.identity, credentials="{}"), shop.owner
    )
    syncing.ask(user=shop.owner)
    work_off(again)
    assert (invoices(prokip), reserved(ErpConfig.objects.get())) == ([], {})


def test_a_paused_shop_says_how_many_orders_wait(hub, mine):
    make_order(mine, is_paid=True, next_attempt_at=timezone.now())
    hub.post("sync/pause")
    [row] = hub.get("sync/status").json()
    assert (row["waiting"], row["health"]) == (
        1, {"status": "paused", "problems": ["1 order waits until it is resumed."]},
    )  # fmt: skip


# --- Told


def test_a_blocked_order_is_told_with_its_reason_and_a_waiting_one_is_not(shop, prokip, told):
    take(shop, an_order("NO-SUCH-SKU"))
    work(shop)
    assert [kind for kind, _ in told] == ["blocked"]
    assert "NO-SUCH-SKU" in told[0][1]
    prokip.fail("500")
    take(shop, an_order("CABLE-C", number=2))
    work(shop)
    assert len(told) == 1


def test_an_erp_that_refuses_us_is_told_once_and_not_with_each_order(shop, prokip, told):
    for number in (1, 2):
        take(shop, an_order("CABLE-C", number=number))
    prokip.fail("token")
    work_off(shop)
    assert told == [("broken", "The ERP refused its token.")]


def test_a_broken_shop_is_told_once(mine, told):
    for _ in range(2):
        Connection.objects.get(pk=mine.pk).break_off(note="It refused.")
    assert told == [("broken", "It refused.")]


def test_a_webhook_that_cannot_be_read_is_told(mine, told):
    made = Delivery.objects.create(connection=mine, topic="orders/create", event_key="k", payload="eA==")
    handle(made)
    assert [kind for kind, _ in told] == ["unreadable"]


# --- The health of webhooks


@pytest.fixture
def checked(clock, shopify_shop):
    """Looks after the webhooks, after a wait."""

    def check(wait=hooks.EVERY):
        clock.shift(wait)
        hooks.check(Connection.objects.get(pk=shopify_shop.connection.pk), shopify_shop)
        return Connection.objects.get(pk=shopify_shop.connection.pk)

    return check


def lose_hooks(shopify):
    shopify.store.hooks.clear()


def test_webhooks_are_looked_after_every_quarter_of_an_hour(checked, shopify):
    checked()
    asked = len(shopify.calls())
    checked(timedelta(minutes=14))
    assert len(shopify.calls()) == asked
    checked(timedelta(minutes=1))
    assert len(shopify.calls()) > asked


def test_webhooks_that_are_gone_are_made_again_and_told_of_the_second_time_in_a_day(checked, shopify, told):
    assert checked().hooks_problem == ""  # the first ones were never there
    lose_hooks(shopify)
    assert checked().hooks_problem == ""
    assert len(shopify.state()["hooks"]) == 5
    lose_hooks(shopify)
    assert checked().hooks_problem == "Its webhooks were gone twice within a day."
    lose_hooks(shopify)
    checked()
    assert told == [("hooks", "Its webhooks were gone twice within a day.")]
    assert checked(timedelta(days=2)).hooks_problem == ""


def test_webhooks_that_are_gone_now_and_then_are_not_told_of(checked, shopify, told):
    checked()
    for _ in range(2):
        lose_hooks(shopify)
        checked(timedelta(days=1, minutes=1))
    assert told == []


@pytest.mark.parametrize(("rescued", "heard", "problems"), [(1, None, 1), (0, None, 0), (1, timedelta(hours=1), 0)])
def test_a_day_of_orders_without_a_webhook_is_told_of(checked, told, rescued, heard, problems):
    shop = checked()
    SyncRun.objects.create(connection=shop, started_at=timezone.now() + timedelta(hours=20), rescued=rescued)
    if heard:
        Connection.objects.update(last_delivery_at=timezone.now() + heard)
    checked(timedelta(days=1))
    checked()
    assert len(told) == problems


def test_a_check_that_failed_is_made_at_the_next_run(checked, shopify):
    shopify.fail("500")
    with pytest.raises(hooks.CallFailed):
        checked()
    shopify.heal()
    assert checked(timedelta(minutes=5)).hooks_checked_at
    assert len(shopify.state()["hooks"]) == 5


# --- Secrets


def test_everything_sealed_is_sealed_anew_by_the_one_command():
    """`rotate_encryption` goes over these."""
    sealed = {model: set(names) for model, names in encrypted_fields() if model._meta.app_label == "storesync"}
    assert sealed == {
        Connection: {"credentials", "webhook_secret"},
        ErpConfig: {"token"},
        HookRemoval: {"credentials"},
        Delivery: {"payload"},
    }
