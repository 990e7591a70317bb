"""The store sync in the back office: its buttons call the verbs of the API, and no page shows a secret."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.tests.factories import AdminFactory, ManagerFactory
from core.text.canonical import sha256
from storesync import trace
from storesync.models import Connection, Delivery, ErpConfig, ErpItem, SkuMapping, StockCache, StoreOrder, SyncRun
from storesync.tests.back_office import BUYER, SECRETS, store_rows
from storesync.tests.factories import make_connection

pytestmark = pytest.mark.django_db

MODELS = (Connection, StoreOrder, SkuMapping, StockCache, SyncRun, ErpConfig, Delivery)


@pytest.fixture(autouse=True)
def silence(settings):
    """No shop and no ERP answers."""
    settings.MOCK_MODE = True
    settings.MOCK_SHOPIFY_URL = settings.MOCK_PROKIP_URL = "http://127.0.0.1:9"


@pytest.fixture
def shop():
    return store_rows()


@pytest.fixture
def admin(client):
    client.force_login(AdminFactory())
    return client


@pytest.fixture
def manager(client):
    client.force_login(ManagerFactory())
    return client


def url(model, page, *args):
    return reverse(f"admin:storesync_{model._meta.model_name}_{page}", args=args)


def said(client, row, step, **answers):
    return client.post(url(type(row), step, row.pk), answers, follow=True).content.decode()


def story_page(client, **query):
    return client.get(url(StockCache, "story"), query)


def blocked(shop):
    return StoreOrder.objects.get(connection=shop, status="blocked")


def tasks():
    return [task.task_path.rpartition(".")[2] for task in DBTaskResult.objects.all()]


def test_no_page_shows_a_secret(admin, shop):
    pages = [reverse("admin:index"), url(StockCache, "story") + f"?user={shop.owner.operator}&sku=PHONE-A"]
    for model in MODELS:
        pages.append(url(model, "changelist"))
        for row in model.objects.all():
            pages += [url(model, page, row.pk) for page in ("change", "history")]
    for path in pages:
        answer = admin.get(path)
        assert answer.status_code == 200, path
        shown = answer.content.decode()
        sealed = [row.credentials for row in Connection.objects.all()]
        assert [secret for secret in (*SECRETS, *sealed, BUYER) if secret and secret in shown] == [], path


def test_a_payload_is_shown_to_admins_who_ask_and_the_asking_is_noted(admin, shop):
    delivery = Delivery.objects.get()
    asked = admin.get(url(Delivery, "payload", delivery.pk)).content.decode()
    assert "history" in asked and BUYER not in asked and not LogEntry.objects.exists()
    shown = admin.post(url(Delivery, "payload", delivery.pk))
    assert BUYER in shown.content.decode()
    assert shown["Content-Type"] == "text/plain; charset=utf-8" and "no-store" in shown["Cache-Control"]
    assert LogEntry.objects.get().get_change_message() == "Show the payload"


def test_a_payload_that_was_removed_is_not_offered(admin, shop):
    Delivery.objects.update(payload=None)
    delivery = Delivery.objects.get()
    assert "Show the payload" not in admin.get(url(Delivery, "change", delivery.pk)).content.decode()
    assert "no longer possible" in said(admin, delivery, "payload")


def test_managers_see_no_webhooks(manager, shop):
    for page in (url(Delivery, "changelist"), url(Delivery, "payload", Delivery.objects.get().pk)):
        assert manager.get(page).status_code == 403
    assert url(Delivery, "changelist") not in manager.get("/admin/").content.decode()


def test_a_manager_pauses_and_resumes_in_their_own_name(manager, shop):
    assert "Pause" in manager.get(url(Connection, "pause", shop.pk)).content.decode()
    assert "is paused" in said(manager, shop, "pause")
    assert "no longer possible" in said(manager, shop, "pause")
    assert "is synced again" in said(manager, shop, "resume")
    changes = shop.status_history.values_list("status", "actor__role")
    assert list(changes) == [("active", "manager"), ("paused", "manager")]


def test_a_sync_and_webhooks_are_asked_of_a_worker(manager, shop):
    said(manager, shop, "sync-now")
    said(manager, shop, "renew-hooks")
    assert {"run_asked", "make_hooks"} <= set(tasks())


@pytest.mark.parametrize("status", ["broken", "removed"])
def test_a_shop_that_cannot_be_called_offers_nothing(manager, status):
    if status == "broken":
        shop = make_connection(status=status)
    else:
        shop = make_connection()
        shop.move_to("removed")
    shown = manager.get(url(Connection, "change", shop.pk)).content.decode()
    assert [step for step in ("sync-now", "renew-hooks", "pause", "resume") if f"/{step}/" in shown] == []


def test_an_order_is_tried_again_and_dismissed(manager, shop):
    order = blocked(shop)
    assert "tries it again" in said(manager, order, "replay")
    assert "send_orders" in tasks()
    order.refresh_from_db()
    assert order.next_attempt_at is not None
    assert "stays as it is" in said(manager, order, "dismiss")
    order.refresh_from_db()
    assert order.dismissed_at is not None and order.status == "blocked"


def test_a_sku_of_an_order_is_mapped_from_its_page(manager, shop):
    ErpItem.objects.create(
        erp=ErpConfig.objects.get(), product_id=2, variation_id=2, sku="PHONE-B", sku_key=sha256("PHONE-B"),
        seen_at=timezone.now(),
    )  # fmt: skip
    order = blocked(shop)
    assert "from now on" in said(manager, order, "map-sku", store_sku="own", erp_sku="PHONE-B")
    assert SkuMapping.objects.get(sku="own").erp_sku == "PHONE-B"
    order.refresh_from_db()
    assert order.next_attempt_at is not None
    refused = said(manager, order, "map-sku", store_sku="another", erp_sku="PHONE-B")
    assert "Select a valid choice" in refused
    assert "It does not answer" in said(manager, order, "map-sku", store_sku="own", erp_sku="NOWHERE")


def test_a_suggestion_is_accepted(manager, shop):
    near = SkuMapping.objects.create(
        connection=shop, sku="phone-a", sku_key=sha256("phone-a"), erp_sku="phone-a", erp_sku_key=sha256("phone-a"),
        item_key="2/2", item_id="2",
    )  # fmt: skip
    SkuMapping.objects.filter(sku="own").delete()
    assert "PHONE-A" in manager.get(url(SkuMapping, "change", near.pk)).content.decode()
    assert "is PHONE-A from now on" in said(manager, near, "accept")
    near.refresh_from_db()
    assert (near.how, near.erp_sku) == ("manual", "PHONE-A")
    assert "goes by its letters" in said(manager, near, "unmap")


def listed(client, model, **query):
    answer = client.get(url(model, "changelist"), query)
    assert answer.status_code == 200
    return {row.pk for row in answer.context["cl"].result_list}


def test_orders_are_listed_by_what_there_is_to_do(manager, shop):
    order = blocked(shop)
    assert listed(manager, StoreOrder, todo="blocked") == {order.pk}
    assert listed(manager, StoreOrder, todo="waiting") == listed(manager, StoreOrder, todo="oversold") == set()
    StoreOrder.objects.filter(pk=order.pk).update(is_oversold=True, next_attempt_at=timezone.now())
    assert listed(manager, StoreOrder, todo="waiting") == listed(manager, StoreOrder, todo="oversold") == {order.pk}
    StoreOrder.objects.filter(pk=order.pk).update(dismissed_at=timezone.now())
    assert listed(manager, StoreOrder, todo="oversold") == set()
    assert listed(manager, StoreOrder, todo="dismissed") == {order.pk}
    assert len(listed(manager, StoreOrder, todo="nonsense")) == 2


def test_mappings_are_listed_by_what_is_wrong_with_them(manager, shop):
    own = SkuMapping.objects.get()
    twice, alone, nameless = (
        SkuMapping.objects.create(
            connection=shop, sku=sku, sku_key=key, erp_sku=sku, erp_sku_key=sha256(sku), item_key=f"{sku}/1"
        )
        for sku, key in (("DUP", None), ("ALONE", "alone"), ("", None))
    )
    assert listed(manager, SkuMapping, state="duplicate") == {twice.pk}
    assert listed(manager, SkuMapping, state="nameless") == {nameless.pk}
    assert listed(manager, SkuMapping, state="unmatched") == {twice.pk, alone.pk, nameless.pk}
    assert own.pk in listed(manager, SkuMapping)


def test_stock_is_listed_by_its_drift(manager, shop):
    cell = StockCache.objects.get()
    assert listed(manager, StockCache, drift="yes") == {cell.pk} and listed(manager, StockCache, drift="no") == set()
    StockCache.objects.update(seen=7)
    assert listed(manager, StockCache, drift="no") == {cell.pk} and listed(manager, StockCache, drift="yes") == set()


def test_the_story_of_a_sku_is_a_page(manager, shop):
    shown = story_page(manager, user=shop.owner.operator, sku="PHONE-A").content.decode()
    assert "Written, and the shop says so" in shown and "buffer" in shown and shop.address in shown
    assert "No store has it." in story_page(manager, user=shop.owner.operator, sku="NOWHERE").content.decode()
    for odd in (
        {},
        {"user": "nobody", "sku": "A"},
        {"user": "9" * 30, "sku": "A"},
        {"user": shop.owner.operator, "sku": "x" * 999},
    ):
        answer = story_page(manager, **odd)
        assert answer.status_code == 200 and not answer.context["story"]


def test_the_dashboard_counts_what_needs_somebody(manager, shop):
    make_connection(status="broken")
    Connection.objects.filter(pk=shop.pk).update(drift_count=3, drift_value="1234.5")
    figures = manager.get("/admin/").content.decode()
    for part in ("Blocked store orders", "Broken connections", "1,234.50", "3 figures", "of 2, 0 paused"):
        assert part in figures, part


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_the_same_queries_however_long_it_is(admin, model):
    counts = []
    for number in (1, 2, 3):
        store_rows(number)
        with CaptureQueriesContext(database) as asked:
            assert admin.get(url(model, "changelist")).status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2], [query["sql"] for query in asked]


def test_a_page_takes_the_same_queries_however_much_it_shows(admin, shop):
    """Of the first page, a story, and each record, with one row of all that it lists and with three."""
    order = StoreOrder.objects.get(status="sent")
    pages = [reverse("admin:index"), url(StockCache, "story") + f"?user={shop.owner.operator}&sku=PHONE-A"]
    pages += [url(type(row), "change", row.pk) for row in (shop, order, *(model.objects.first() for model in MODELS))]
    counts = []
    for number in (1, 2, 3):
        order.status_history.create(status="sent")
        shop.status_history.create(status="active")
        order.sale.lines.create(
            line_id=str(number), sku="PHONE-A", product_id=1, variation_id=1, quantity=1, unit_price=5
        )
        trace.note([trace.event("erp", "PHONE-A", owner_id=shop.owner_id, before=number, after=0)])
        counts.append([])
        for path in pages:
            with CaptureQueriesContext(database) as asked:
                assert admin.get(path).status_code == 200
            counts[-1].append(len(asked))
    assert dict(zip(pages, counts[0], strict=True)) == dict(zip(pages, counts[2], strict=True))


def test_a_run_that_goes_on_shows_how_far_it_came(manager, shop):
    run = SyncRun.objects.create(
        connection=shop, started_at=timezone.now(), step=SyncRun.Step.WRITING, done=1500, total=9800
    )
    for path in (url(SyncRun, "changelist"), url(SyncRun, "change", run.pk), url(Connection, "change", shop.pk)):
        shown = manager.get(path).content.decode()
        assert "Writes the stock" in shown and "1,500 of 9,800" in shown, path
