"""Connecting an ERP and WooCommerce shops, at the stand-ins: each is asked before it is kept."""

import pytest
from django.utils import timezone

from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync.hooks import make_hooks
from storesync.mock.prokip.store import MAIN, TOKEN, WAREHOUSE
from storesync.mock.woo.access import KEY, SECRET
from storesync.models import Connection, ErpConfig, ErpItem
from storesync.tests.clients import hub_client, refusal, wrong
from storesync.tests.factories import make_connection
from storesync.tests.hooks import WOO

pytestmark = pytest.mark.django_db

ERP = {"token": TOKEN, "locationId": MAIN}
SHOP = {"storeUrl": "https://shop.example.com", "consumerKey": KEY, "consumerSecret": SECRET}
SUCCESS = {"success": True}


def told(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- The ERP


@pytest.mark.parametrize("token", [TOKEN, f"Bearer {TOKEN}", f" bearer  {TOKEN} "])
@pytest.mark.parametrize("location", [MAIN, str(MAIN)])
def test_an_erp_that_answers_is_kept(hub, merchant, prokip, token, location):
    assert told(hub.post("connections/prokip", {"token": token, "locationId": location})) == SUCCESS
    erp = ErpConfig.objects.get()
    assert (erp.owner, erp.token, erp.location_id, erp.contact_id) == (merchant, TOKEN, MAIN, 1)
    assert erp.address == "https://api.prokip.africa"
    assert prokip.calls() == ["GET /connector/api/business-location"]


def test_the_currency_of_the_books_is_kept_until_another_erp_comes(hub, prokip):
    hub.post("connections/prokip", {**ERP, "currency": "NGN"})
    hub.post("connections/prokip", ERP)
    assert ErpConfig.objects.get().currency == "NGN"
    hub.post("connections/prokip", {**ERP, "locationId": WAREHOUSE})
    assert ErpConfig.objects.get().currency == ""
    for currency in ("naira", "ngn", "", 5):
        assert hub.post("connections/prokip", {**ERP, "currency": currency}).status_code == 400


def test_a_contact_that_the_erp_does_not_have_is_refused(hub, prokip):
    assert wrong(hub.post("connections/prokip", {**ERP, "contactId": 99})) == {"contactId"}
    assert not ErpConfig.objects.exists()
    prokip.fail("token", match="contactapi")  # a token that may not look at contacts
    assert told(hub.post("connections/prokip", {**ERP, "contactId": 99})) == SUCCESS


def test_a_second_erp_replaces_the_first_and_what_it_showed(hub, prokip):
    hub.post("connections/prokip", ERP)
    erp = ErpConfig.objects.get()
    ErpItem.objects.create(erp=erp, product_id=1, variation_id=1, sku="A", sku_key="a", seen_at=timezone.now())
    ErpConfig.objects.update(refused_at=timezone.now(), read_at=timezone.now())
    assert told(hub.post("connections/prokip", ERP)) == SUCCESS
    assert (ErpConfig.objects.get().refused_at, ErpItem.objects.count()) == (None, 1)
    other = {"token": TOKEN, "locationId": WAREHOUSE, "contactId": "7", "apiUrl": "https://erp.example.com/"}
    assert told(hub.post("connections/prokip", other)) == SUCCESS
    erp = ErpConfig.objects.get()
    assert (erp.address, erp.location_id, erp.contact_id) == ("https://erp.example.com", WAREHOUSE, 7)
    assert (erp.read_at, ErpItem.objects.count()) == (None, 0)


def test_an_erp_that_refuses_or_does_not_answer_is_not_kept(hub, prokip):
    for body, code in (({**ERP, "token": "other"}, "credentials_refused"), ({**ERP, "locationId": 999}, "rejected")):
        answer = hub.post("connections/prokip", body)
        assert (refusal(answer)[0], answer.json()["code"]) == (400, code)
    for fault, code in (("500", "unreachable"), ("html", "bad_answer"), ("drop", "unreachable")):
        prokip.fail(fault, count=1)
        assert hub.post("connections/prokip", ERP).json()["code"] == code
    assert not ErpConfig.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("token", None), ("token", ""), ("token", "Bearer "), ("token", "a b"), ("token", "a\r\nX: y"),
        ("token", "é"), ("token", 5), ("token", "x" * 5000), ("locationId", ""), ("locationId", "x"),
        ("locationId", 0),
        ("locationId", "0"), ("locationId", 1.0), ("locationId", True), ("locationId", "9" * 30), ("locationId", "٣"),
        ("locationId", 2**63), ("contactId", "x"), ("contactId", None), ("apiUrl", 5), ("apiUrl", "x"),
        ("apiUrl", "ftp://erp.example.com"), ("apiUrl", "https://user:pass@erp.example.com"),
    ],
    ids=repr,
)  # fmt: skip
def test_nonsense_about_an_erp_is_named_and_nobody_is_asked(hub, prokip, field, value):
    assert wrong(hub.post("connections/prokip", {**ERP, field: value})) == {field}
    assert prokip.calls() == []


HOSTILE = [
    "http://shop.example.com", "https://127.0.0.1", "https://localhost", "https://10.0.0.1", "https://[::1]",
    "https://2130706433", "https://0x7f.1", "https://169.254.169.254/latest", "https://evil.com/x#.example.com",
    "https://user@shop.example.com", "https://shop.example.com?x=1", "file:///etc/passwd", "javascript:alert(1)", "",
    "https://", "x" * 3000, "https://shop.example.com\n.evil.com", "https://a\\@shop.example.com",
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
def test_addresses_that_are_not_called(hub, settings, address):
    settings.MOCK_MODE = False
    assert wrong(hub.post("connections/woocommerce", {**SHOP, "storeUrl": address})) == {"storeUrl"}
    if address:
        assert wrong(hub.post("connections/prokip", {**ERP, "apiUrl": address})) == {"apiUrl"}


def test_a_public_name_of_a_private_address_is_not_called(hub, settings, monkeypatch):
    settings.MOCK_MODE = False
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", 443))])
    for call, body in (("woocommerce", SHOP), ("prokip", ERP)):
        assert hub.post(f"connections/{call}", body).json()["code"] == "forbidden_address"
    assert not Connection.objects.exists() and not ErpConfig.objects.exists()


# --- WooCommerce


def test_a_woo_shop_that_answers_is_kept_and_told_of_webhooks(hub, merchant, woo, settings):
    settings.SYNC_PUBLIC_URL = "https://hub.example.com/sync-hub"
    shop = Connection.objects.get(pk=told(hub.post("connections/woocommerce", SHOP))["id"])
    assert (shop.owner, shop.address, shop.status) == (merchant, "https://shop.example.com", "active")
    assert [change.actor for change in shop.status_history.all()] == [merchant]
    run_tasks()
    hooks = woo.store.hooks.values()
    assert {hook["topic"] for hook in hooks} == {"order.created", "order.updated", "order.deleted"}
    [address] = {hook["delivery_url"] for hook in hooks}
    assert address.startswith(f"https://hub.example.com{WOO}?key=") and shop.webhook_secret not in address
    assert {hook["secret"] for hook in hooks} == {shop.webhook_secret} and len(shop.webhook_secret) > 30
    shop.refresh_from_db()
    assert shop.hooks_checked_at


def test_the_same_shop_again_is_the_same_connection(hub, woo):
    first = told(hub.post("connections/woocommerce", SHOP))
    secret = Connection.objects.get().webhook_secret
    run_tasks()
    Connection.objects.get().move_to("broken")
    again = {**SHOP, "storeUrl": "HTTPS://Shop.Example.com:443/"}
    assert told(hub.post("connections/woocommerce", again)) == first
    shop = Connection.objects.get()
    assert (shop.status, shop.webhook_secret) == ("active", secret)
    run_tasks()
    assert len(woo.store.hooks) == 3


def test_a_paused_shop_that_is_connected_again_stays_paused(hub, woo):
    shop = Connection.objects.get(pk=told(hub.post("connections/woocommerce", SHOP))["id"])
    shop.move_to("paused")
    told(hub.post("connections/woocommerce", SHOP))
    assert Connection.objects.get().status == "paused"


def test_a_shop_that_refuses_or_does_not_answer_is_not_kept_and_the_old_keys_stay(hub, woo):
    told(hub.post("connections/woocommerce", SHOP))
    kept = Connection.objects.get().credentials
    answer = hub.post("connections/woocommerce", {**SHOP, "consumerSecret": "cs_wrong-secret"})
    assert (refusal(answer)[0], answer.json()["code"]) == (400, "credentials_refused")
    assert b"cs_" not in answer.content
    for fault, code in (
        ("500", "unreachable"),
        ("html", "bad_answer"),
        ("drop", "unreachable"),
        ("429", "throttled"),
    ):
        woo.fail(fault, count=1)
        assert hub.post("connections/woocommerce", SHOP).json()["code"] == code
    assert Connection.objects.get().credentials == kept


@pytest.mark.parametrize("field", ["storeUrl", "consumerKey", "consumerSecret"])
@pytest.mark.parametrize("value", [None, "", 5, [], "a\x00b"])
def test_nonsense_about_a_woo_shop_is_named(hub, woo, field, value):
    assert wrong(hub.post("connections/woocommerce", {**SHOP, field: value})) == {field}
    assert woo.calls() == []


def test_hooks_that_the_shop_switched_off_are_made_again(hub, woo):
    told(hub.post("connections/woocommerce", SHOP))
    run_tasks()
    next(iter(woo.store.hooks.values()))["status"] = "disabled"
    told(hub.post("connections/woocommerce", SHOP))
    run_tasks()
    assert [hook["status"] for hook in woo.store.hooks.values()] == ["active"] * 3


def test_keys_that_are_refused_later_break_the_connection(merchant, woo):
    wrong_keys = '{"consumer_key": "ck_old", "consumer_secret": "cs_old"}'
    address = "https://shop.example.com"
    shop = make_connection(owner=merchant, platform="woocommerce", address=address, credentials=wrong_keys)
    make_hooks.call(connection_id=shop.pk)
    shop.refresh_from_db()
    assert shop.status == "broken"


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_logins_that_connect_one_shop_at_once_make_one_connection(merchant, woo):
    answers = race([lambda: hub_client(merchant).post("connections/woocommerce", SHOP)] * 6)
    assert len({(answer.status_code, answer.json()["id"]) for answer in answers}) == 1
    assert Connection.objects.count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_an_erp_that_is_connected_several_times_at_once_is_one(merchant, prokip):
    answers = race([lambda: hub_client(merchant).post("connections/prokip", ERP)] * 6)
    assert [answer.status_code for answer in answers] == [200] * 6
    assert ErpConfig.objects.count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_shop_is_connected_and_disconnected_at_once(merchant, woo):
    hub = hub_client(merchant)
    shop = told(hub.post("connections/woocommerce", SHOP))["id"]
    jobs = [lambda: hub_client(merchant).post("connections/woocommerce", SHOP)] * 3
    answers = race([*jobs, lambda: hub_client(merchant).delete(f"connections/{shop}")])
    assert [answer.status_code for answer in answers] == [200] * 4
    assert Connection.objects.get(pk=shop).credentials is None
    assert Connection.objects.kept().count() <= 1
