"""What the worker does with stored webhooks."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core.testing.tasks import run_tasks
from storesync.apps import days_that_are_kept
from storesync.connectors.woocommerce.api import credentials_of
from storesync.inbox import handling
from storesync.mock.prokip.store import MAIN, TOKEN
from storesync.mock.woo.access import KEY, SECRET
from storesync.models import Connection, Delivery, SkuMapping, StockCache, StoreOrder, SyncRun, TraceEvent
from storesync.tests.bodies import raw
from storesync.tests.clients import hub_client
from storesync.tests.factories import make_connection, make_erp
from storesync.tests.hooks import send, shopify_hook, woo_hook
from storesync.tests.shops import shopify_credentials
from storesync.trace import event, note

pytestmark = pytest.mark.django_db

WOO_SHOP = {"platform": "woocommerce", "address": "https://shop.example.com", "webhook_secret": "hook-secret"}


@pytest.fixture
def shop():
    return make_connection()


def told(hook):
    """The delivery of a webhook once the worker acted on it."""
    assert send(hub_client(), hook).status_code == 200
    run_tasks()
    return Delivery.objects.latest("pk")


def stored(connection, topic, **fields):
    fields = {"event_key": str(Delivery.objects.count()), "payload": b64encode(b"{}").decode(), **fields}
    return Delivery.objects.create(connection=connection, topic=topic, **fields)


@pytest.mark.parametrize("topic", ["orders/create", "orders/updated", "orders/cancelled"])
def test_an_order_of_shopify_is_taken_in(shop, topic):
    delivery = told(shopify_hook(raw("shopify/orders-create-taxes-included-aud"), topic=topic))
    assert delivery.status == "handled"
    order = shop.orders.get()
    assert (order.is_paid, len(order.content["lines"])) == (True, 1)


def test_orders_of_woocommerce_are_taken_in_and_deleted_ones_are_cancelled():
    shop = make_connection(**WOO_SHOP)
    body = raw("woocommerce/order-702-gst.raw")
    assert told(woo_hook(body)).status == "handled"
    assert [order.order_id for order in shop.orders.filter(is_paid=True, is_cancelled=False)] == ["702"]
    guided = json.dumps({"topic": "order.updated", "resource": json.loads(body)}).encode()
    assert told(woo_hook(guided, topic=None)).status == "handled"
    assert told(woo_hook(b'{"id": 702}', topic="order.deleted")).status == "handled"
    order = shop.orders.get()
    assert (order.is_cancelled, order.status, len(order.content["lines"])) == (True, "ignored", 1)


def test_a_paid_order_becomes_a_sale_in_the_erp(prokip):
    shop = make_connection()
    make_erp(shop.owner, token=TOKEN, location_id=MAIN, currency="AUD")
    order = json.loads(raw("shopify/orders-create-taxes-included-aud"))
    order["line_items"][0]["sku"] = "PHONE-A"
    assert told(shopify_hook(json.dumps(order).encode())).status == "handled"
    assert shop.orders.get().status == "sent"
    assert len(prokip.calls("POST /connector/api/sell")) == 1
    told(shopify_hook(json.dumps(order).encode(), event="again"))
    assert len(prokip.calls("POST /connector/api/sell")) == 1


def test_refunds_of_woocommerce_are_asked_for_and_returned(prokip, woo):
    shop = make_connection(**WOO_SHOP, credentials=credentials_of(KEY, SECRET))
    make_erp(shop.owner, token=TOKEN, location_id=MAIN, currency="NGN")
    order = woo.sell(("PHONE-A", 2), "CABLE-C")
    assert told(woo_hook(json.dumps(order).encode())).status == "handled"
    refunded = woo.change(order, "refund", lines=[{"sku": "PHONE-A", "quantity": 1}])
    assert told(woo_hook(json.dumps(refunded).encode(), topic="order.updated")).status == "handled"
    levels = prokip.state()["stock"]
    assert (levels["PHONE-A"], levels["CABLE-C"]) == (19, 199)


@pytest.mark.parametrize("topic", ["customers/data_request", "orders/nope", "", "order.created"])
def test_a_topic_that_asks_for_nothing_is_ignored(shop, topic):
    assert told(shopify_hook(topic=topic)).status == "ignored"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id": 0}'])
def test_what_cannot_be_read_is_parked_with_the_reason(shop, body):
    delivery = told(shopify_hook(body))
    assert delivery.status == "parked" and delivery.error.startswith("Unreadable: ")
    assert not StoreOrder.objects.exists()


def product_news(**variant):
    body = {"id": 7, "variants": [{"id": 71, "sku": "PHONE-A", **variant}]}
    return shopify_hook(json.dumps(body).encode(), topic="products/update", event=str(variant))


def test_news_of_an_unknown_item_have_the_shop_read_again(shop):
    SkuMapping.objects.create(connection=shop, item_id="7", variant_id="71", sku="PHONE-A", erp_sku="PHONE-A")
    now = timezone.now()
    for variant, read_at in [({}, now), ({"sku": "PHONE-B"}, None), ({"id": 72}, None)]:
        Connection.objects.update(items_read_at=now)
        assert told(product_news(**variant)).status == "handled"
        assert Connection.objects.get().items_read_at == read_at
    assert told(shopify_hook(b"[]", topic="products/update")).status == "parked"


def test_a_failure_is_tried_again_when_it_is_due(shop, monkeypatch, clock):
    tries = []
    monkeypatch.setitem(handling.ACTS, ("shopify", "orders/create"), lambda one: tries.append(one) or 1 / 0)
    delivery = told(shopify_hook())
    assert (delivery.status, delivery.next_attempt_at) == ("failed", timezone.now() + timedelta(seconds=5))
    for seconds in (5, 30, 120, 600, 3600, 6 * 3600):
        clock.shift(timedelta(seconds=seconds))
        run_tasks()
    delivery.refresh_from_db()
    assert (delivery.status, len(tries)) == ("parked", 7)
    assert not DBTaskResult.objects.exists()


def test_one_users_failure_is_not_the_others(monkeypatch):
    shops = [make_connection() for _ in range(2)]
    act = handling.take_shopify_order
    monkeypatch.setitem(
        handling.ACTS, ("shopify", "orders/create"), lambda one: act(one) if one.connection == shops[1] else 1 / 0
    )
    told(shopify_hook(raw("shopify/orders-create-taxes-included-aud")))
    assert [delivery.status for delivery in Delivery.objects.order_by("pk")] == ["failed", "handled"]
    (task,) = DBTaskResult.objects.all()
    assert task.task_result.kwargs["connection_ids"] == [shops[0].pk]


def test_the_connection_knows_when_it_heard_of_its_shop_last(shop):
    late = told(shopify_hook(topic="products/update"))
    shop.refresh_from_db()
    assert shop.last_delivery_at == late.received_at
    early = stored(shop, "products/update", event_key="early")
    Delivery.objects.filter(pk=early.pk).update(received_at=late.received_at - timedelta(hours=1))
    handling.handle(Delivery.objects.get(pk=early.pk))
    shop.refresh_from_db()
    assert shop.last_delivery_at == late.received_at


def test_what_was_removed_meanwhile_takes_no_order(shop):
    send(hub_client(), shopify_hook(raw("shopify/orders-create-taxes-included-aud")))
    shop.move_to("removed")
    run_tasks()
    assert (Delivery.objects.get().status, StoreOrder.objects.count()) == ("ignored", 0)


def test_an_uninstalled_app_breaks_the_connection(shopify):
    shop = make_connection(address="mock-shop.myshopify.com", credentials=shopify_credentials("revoked"))
    assert told(shopify_hook(topic="app/uninstalled", shop=shop.address)).status == "handled"
    shop.refresh_from_db()
    assert shop.status == "broken"


def test_old_news_of_an_uninstalled_app_breaks_nothing(shopify):
    shop = make_connection(address="mock-shop.myshopify.com", credentials=shopify_credentials(shopify.token))
    assert told(shopify_hook(topic="app/uninstalled", shop=shop.address)).status == "handled"
    shop.refresh_from_db()
    assert shop.status == "active"


@pytest.mark.parametrize("topic", ["customers/redact", "shop/redact"])
@pytest.mark.parametrize("status", ["active", "removed"])
def test_a_redaction_removes_what_is_kept_of_buyers(shop, topic, status):
    done, parked = (stored(shop, "orders/create", status=status) for status in ("handled", "parked"))
    waiting = stored(shop, "orders/create", next_attempt_at=timezone.now() + timedelta(hours=1))
    foreign = stored(make_connection(address="other.myshopify.com"), "orders/create", status="handled")
    shop.move_to(status)
    redaction = told(shopify_hook(b'{"customer": {"id": 1}}', topic=topic))
    assert redaction.status == "handled"
    kept = Delivery.objects.filter(payload__isnull=False).order_by("pk")
    assert list(kept) == [waiting, foreign]
    assert handling.handle(Delivery.objects.get(pk=done.pk)).status == "handled"
    assert Delivery.objects.get(pk=parked.pk).status == "parked"


def test_a_payload_that_is_gone_is_not_acted_on(shop):
    delivery = stored(shop, "orders/create")
    Delivery.objects.filter(pk=delivery.pk).update(payload=None)
    assert handling.handle(Delivery.objects.get(pk=delivery.pk)).status == "ignored"


def test_payloads_are_removed_after_a_month_and_that_they_came_is_not(shop, capsys):
    old, young = [stored(shop, "orders/create") for _ in range(2)]
    Delivery.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=30, minutes=1))
    Delivery.objects.filter(pk=young.pk).update(received_at=timezone.now() - timedelta(days=29))
    call_command("clear_sync_payloads")
    assert "payloads of 1 webhooks" in capsys.readouterr().out
    assert dict(Delivery.objects.values_list("pk", "payload")) == {old.pk: None, young.pk: young.payload}


def test_old_runs_stories_and_webhooks_that_were_acted_on_are_removed(shop, capsys, monkeypatch):
    monkeypatch.setattr("storesync.chores.CLEARED_AT_ONCE", 2)
    now = timezone.now()
    days = [500, 401, 401, 399, 91, 89, 0]
    for age in days:
        at = now - timedelta(days=age)
        run = SyncRun.objects.create(connection=shop, started_at=at)
        note([event(TraceEvent.Kind.ERP, "A", owner_id=shop.owner_id, before=1, after=2, at=at)])
        Delivery.objects.create(connection=shop, topic="x", event_key=str(run.pk), status="handled")
        Delivery.objects.filter(event_key=str(run.pk)).update(received_at=at)
    cell = StockCache.objects.create(
        connection=shop, sku="A", sku_key="a", item_key="1", run=SyncRun.objects.order_by("pk").first()
    )
    waiting = stored(shop, "orders/create", event_key="waiting")
    Delivery.objects.filter(pk=waiting.pk).update(received_at=now - timedelta(days=500))
    call_command("clear_sync_payloads")
    assert "Removed 3 webhooks, 5 runs, 3 events of SKUs." in capsys.readouterr().out
    cell.refresh_from_db()
    assert cell.run is None and Delivery.objects.filter(pk=waiting.pk).exists()
    counts = (SyncRun.objects.count(), TraceEvent.objects.count(), Delivery.objects.count())
    assert counts == (2, 4, 5)


@pytest.mark.parametrize("name", ["SYNC_PAYLOAD_DAYS", "SYNC_RUN_DAYS", "SYNC_TRACE_DAYS"])
@pytest.mark.parametrize("days, errors", [(1, []), (0, ["storesync.E001"]), (99_999_999_999, ["storesync.E001"])])
def test_days_that_would_remove_what_is_new_are_an_error(settings, name, days, errors):
    setattr(settings, name, days)
    assert [found.id for found in days_that_are_kept(None)] == errors
