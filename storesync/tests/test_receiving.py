"""Webhooks: who signed them, which of them are stored, for whom, and that each is stored once."""

import json
from base64 import b64decode
from urllib.parse import urlencode

import pytest
from django_tasks_db.models import DBTaskResult

from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync.models import Delivery
from storesync.tests.bodies import SECRET, raw
from storesync.tests.clients import hub_client, refusal
from storesync.tests.factories import make_connection
from storesync.tests.hooks import SHOPIFY, WOO, send, shopify_hook, woo_hook

pytestmark = pytest.mark.django_db

RECEIVED, UNSIGNED = {"received": True}, (401, "Invalid signature")
WOO_SHOP = {"platform": "woocommerce", "address": "https://shop.example.com", "webhook_secret": "hook-secret"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def api():
    return hub_client()


@pytest.fixture
def shop():
    return make_connection()


@pytest.fixture
def woo():
    return make_connection(**WOO_SHOP)


def taken(answer):
    assert (answer.status_code, answer.json()) == (200, RECEIVED)
    return list(Delivery.objects.order_by("pk"))


def order(**fields):
    return json.dumps(
        {"id": 5, "status": "processing", "date_modified_gmt": "2026-03-01T12:00:00", **fields}
    ).encode()


# --- Signatures


def test_recorded_bytes_are_stored_as_they_came(api, settings):
    settings.SHOPIFY_CLIENT_SECRET = SECRET
    shop = make_connection(address="example-store.myshopify.com")
    body = raw("shopify/products-update.raw")
    hook = shopify_hook(
        body, shop=shop.address, topic="products/update", event=None, Webhook_Id="12815508",
        Hmac_Sha256="ExO3gd4otXk+EVJCYtJJUwooHixmouamiHZplT8uI1E=",
    )  # fmt: skip
    (delivery,) = taken(send(api, hook))
    assert (delivery.connection, delivery.topic, b64decode(delivery.payload)) == (shop, "products/update", body)


def test_recorded_bytes_of_woocommerce_are_stored_as_they_came(api):
    make_connection(**{**WOO_SHOP, "webhook_secret": SECRET})
    body = raw("woocommerce/order-702-gst.raw")
    hook = woo_hook(body, Signature="t7msKVJ8HZL00RH7Rz2bVuvSOu99sdWgEeaMwJG3hOg=")
    (delivery,) = taken(send(api, hook))
    assert b64decode(delivery.payload) == body


GOOD = shopify_hook().headers["X-Shopify-Hmac-Sha256"]


@pytest.mark.parametrize("make", [shopify_hook, woo_hook])
@pytest.mark.parametrize("signature", [None, "", "x", "é", GOOD.lower(), f"{GOOD}=", "A" * 5000])
def test_what_is_not_signed_is_401_and_kept_nowhere(api, shop, woo, make, signature):
    name = "Hmac_Sha256" if make is shopify_hook else "Signature"
    sent = {name: signature.encode().decode("latin-1") if signature else signature}
    assert refusal(send(api, make(order(), **sent))) == UNSIGNED
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("make", [shopify_hook, woo_hook])
def test_one_other_byte_is_401(api, shop, woo, make):
    hook = make(order())
    hook.raw += b" "
    assert refusal(send(api, hook)) == UNSIGNED


def test_without_a_secret_of_our_app_nothing_is_signed(api, shop, settings):
    settings.SHOPIFY_CLIENT_SECRET = ""
    assert refusal(send(api, shopify_hook())) == UNSIGNED


def test_a_removed_secret_signs_nothing(api, woo):
    woo.webhook_secret = None
    woo.save()
    for secret in ("", "None"):
        assert refusal(send(api, woo_hook(secret=secret))) == UNSIGNED


# --- Who takes it


@pytest.mark.parametrize(
    ("make", "fields"), [(shopify_hook, {}), (woo_hook, WOO_SHOP)], ids=["shopify", "woocommerce"]
)
def test_two_users_with_one_shop_have_it_once_each(api, make, fields):
    mine = [make_connection(**fields) for _ in range(2)]
    for _ in range(3):
        deliveries = taken(send(api, make(order())))
    assert [delivery.connection for delivery in deliveries] == mine
    assert DBTaskResult.objects.count() == 1


def test_a_user_who_connects_later_has_it_when_it_comes_again(api, shop):
    taken(send(api, shopify_hook()))
    later = make_connection()
    assert [delivery.connection for delivery in taken(send(api, shopify_hook()))] == [shop, later]


def test_the_secret_of_one_user_proves_it_to_nobody_else(api, woo):
    """A shop says itself who it is, so that a user may know the secret of one that goes by another's name."""
    other = make_connection(**{**WOO_SHOP, "webhook_secret": "other-secret"})
    [delivery] = taken(send(api, woo_hook(order(), secret="other-secret")))
    assert delivery.connection == other
    assert len(taken(send(api, woo_hook(order(), secret="hook-secret")))) == 2


def test_a_hook_made_by_hand_is_for_all_who_connected_the_shop(api, woo, settings):
    settings.WOO_WEBHOOK_SECRET = "by-hand"
    other = make_connection(**{**WOO_SHOP, "webhook_secret": "other-secret"})
    deliveries = taken(send(api, woo_hook(order(), secret="by-hand")))
    assert [delivery.connection for delivery in deliveries] == [woo, other]
    assert refusal(send(api, woo_hook(secret="wrong", source="https://unknown.example.com"))) == UNSIGNED


def test_a_hook_made_by_hand_is_not_for_a_shop_that_calls_itself_by_anothers_name(api, woo, settings):
    settings.WOO_WEBHOOK_SECRET = "by-hand"
    make_connection(**{**WOO_SHOP, "address": "https://impostor.example.com"})
    assert [each.connection for each in taken(send(api, woo_hook(order(), secret="by-hand")))] == [woo]


@pytest.mark.parametrize("address", ["other.myshopify.com", "", None, "shop.myshopify.com.evil.example", "x" * 5000])
def test_a_shop_that_nobody_connected_is_answered(api, shop, address):
    assert taken(send(api, shopify_hook(shop=address))) == []


@pytest.mark.parametrize("source", ["https://other.example.com", "https://shop.example.com/eu", "", None, "x", "//["])
def test_a_woo_shop_that_nobody_connected_is_answered(api, woo, source):
    assert taken(send(api, woo_hook(source=source))) == []


def test_what_nobody_signed_is_401_whoever_sends_it(api):
    for source in ("https://other.example.com", None):
        assert refusal(send(api, woo_hook(order(), source=source, Signature=None))) == UNSIGNED


def test_another_platform_at_the_same_address_takes_nothing(api):
    make_connection(platform="woocommerce", address="shop.myshopify.com")
    assert taken(send(api, shopify_hook())) == []


@pytest.mark.parametrize("status", ["paused", "broken"])
def test_a_paused_or_broken_connection_still_hears_its_shop(api, shop, status):
    shop.move_to(status)
    assert len(taken(send(api, shopify_hook()))) == 1


def test_a_removed_connection_takes_nothing_more(api, shop, woo):
    for connection in (shop, woo):
        connection.move_to("removed")
    for hook in (shopify_hook(), woo_hook(order()), shopify_hook(topic="app/uninstalled", event="2")):
        assert taken(send(api, hook)) == []


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"source": "HTTPS://Shop.Example.com:443/"}, {}),
        ({"source": "http://shop.example.com"}, {}),
        ({"source": "http://www.shop.example.com:80/"}, {}),
        ({"source": None}, {"site_url": "https://shop.example.com/"}),
        ({"source": None}, {"_links": {"self": [{"href": "https://shop.example.com/wp-json/wc/v3/orders/5"}]}}),
    ],
)
def test_a_woo_shop_is_known_by_its_header_or_its_body(api, woo, headers, body):
    (delivery,) = taken(send(api, woo_hook(order(**body), **headers)))
    assert (delivery.connection, delivery.topic) == (woo, "order.created")


@pytest.mark.parametrize("key", ["{pk}-0123", "{pk}", "0{pk}-1", "x", "-{pk}", "9" * 20, "{pk}\x00"])
@pytest.mark.parametrize("secret", ["hook-secret", "by-hand", "other"])
def test_a_woo_shop_that_calls_itself_otherwise_is_known_by_the_address_of_its_hook(api, woo, settings, key, secret):
    settings.WOO_WEBHOOK_SECRET = "by-hand"
    hook = woo_hook(order(), secret=secret, source="https://shop.example.com/en/")
    hook.path += f"?{urlencode({'key': key.format(pk=woo.pk)})}"
    answer = send(api, hook)
    if secret == "hook-secret" and key.startswith("{pk}") and key.isprintable():
        assert [delivery.connection for delivery in taken(answer)] == [woo]
    else:
        assert answer.status_code == (200 if secret == "by-hand" else 401)
        assert not Delivery.objects.exists()


def test_the_form_of_the_guide_is_taken(api, woo):
    body = {"topic": "order.updated", "resource": {"id": 5, "site_url": "https://shop.example.com"}}
    (delivery,) = taken(send(api, woo_hook(json.dumps(body).encode(), topic=None, source=None)))
    assert delivery.topic == "order.updated"


def test_the_probe_of_woocommerce_is_answered_and_no_other_form(api, woo):
    probe = woo_hook(b"webhook_id=7", Signature=None)
    assert taken(send(api, probe, content_type=FORM)) == []
    for body in (b"webhook_id=x", b"webhook_id=7&id=5", b"", b"webhook_id=7\n"):
        assert refusal(send(api, woo_hook(body, Signature=None), content_type=FORM)) == UNSIGNED
    assert refusal(send(api, shopify_hook(b"webhook_id=7", Hmac_Sha256=None), content_type=FORM)) == UNSIGNED


# --- Once


@pytest.mark.parametrize(
    ("hooks", "stored"),
    [
        ((shopify_hook(b"1"), shopify_hook(b"2")), 1),
        ((shopify_hook(), shopify_hook(topic="orders/updated")), 2),
        ((shopify_hook(), shopify_hook(event="event-2")), 2),
        ((shopify_hook(b"1", event=None, Webhook_Id="w"), shopify_hook(b"2", event=None, Webhook_Id="w")), 1),
        ((shopify_hook(event=None, Webhook_Id="w"), shopify_hook(event=None, Webhook_Id="v")), 2),
        ((shopify_hook(event=None), shopify_hook(event=None)), 1),
        ((shopify_hook(b"1", event=None), shopify_hook(b"2", event=None)), 2),
        ((shopify_hook(event=None), shopify_hook(event=None, topic="orders/updated")), 2),
        ((shopify_hook(event="é"), shopify_hook(event="e")), 2),
        ((woo_hook(order(), Delivery_ID="1"), woo_hook(order(note="x"), Delivery_ID="2")), 1),
        ((woo_hook(order()), woo_hook(order(), topic="order.updated")), 2),
        ((woo_hook(order()), woo_hook(order(id=6))), 2),
        ((woo_hook(order()), woo_hook(order(status="completed"))), 2),
        ((woo_hook(order()), woo_hook(order(date_modified_gmt="2026-03-01T12:00:01"))), 2),
        ((woo_hook(b'{"id": 5}'), woo_hook(b'{"id": 5}')), 1),
        ((woo_hook(b'{"id": 5}'), woo_hook(b'{"id": 6}')), 2),
        ((woo_hook(b"\xff"), woo_hook(b"\xfe")), 2),
    ],
)
@pytest.mark.usefixtures("shop", "woo")
def test_what_is_one_event(api, hooks, stored):
    first, second = hooks
    send(api, first)
    assert len(taken(send(api, second))) == stored
    assert DBTaskResult.objects.count() == stored


NONSENSE = [
    b"", b"null", b"[]", b"5", b'"x"', b"{", b"\x00", b"\xff\xfe", b'{"id": NaN}', b"[" * 50_000,
    b'{"\\ud800": "\\udc00"}',
    b'{"id": {}, "status": [], "date_modified_gmt": {}, "site_url": [], "_links": {"self": [[]]}}',
    b'{"topic": {}, "resource": []}', b'{"id": 5, "status": "\\ud800", "date_modified_gmt": "\\u0000"}',
    b'{"id": 1e999999, "date_modified_gmt": "x"}', b'{"topic": "' + b"x" * 5000 + b'", "resource": {"id": 5}}',
]  # fmt: skip


@pytest.mark.parametrize("body", NONSENSE, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize("topic", ["order.updated", None, "", "x" * 5000, "orders/\xff"])
def test_signed_nonsense_is_kept_and_answered(api, shop, woo, body, topic):
    send(api, shopify_hook(body, topic=topic))
    assert len(taken(send(api, woo_hook(body, topic=topic)))) == 2
    run_tasks()
    assert not Delivery.objects.filter(status__in=("received", "failed")).exists()


@pytest.mark.parametrize("content_type", ["application/json", FORM, "multipart/form-data; boundary=x", "x/y", ""])
def test_any_content_type_is_raw_bytes(api, shop, content_type):
    (delivery,) = taken(send(api, shopify_hook(b"a=1&\xff"), content_type=content_type))
    assert b64decode(delivery.payload) == b"a=1&\xff"


def test_five_mebibytes_are_taken_for_two_users(api):
    for _ in range(2):
        make_connection()
    assert len(taken(send(api, shopify_hook(b"x" * (5 * 1024 * 1024))))) == 2


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("make", "fields"), [(shopify_hook, {}), (woo_hook, WOO_SHOP)], ids=["shopify", "woo"])
def test_it_takes_six_queries(api, django_assert_max_num_queries, make, fields, rows):
    for _ in range(rows):
        make_connection(**fields)
    with django_assert_max_num_queries(6):
        send(api, make(order()))
    with django_assert_max_num_queries(2):
        send(api, make(order()))
    assert Delivery.objects.count() == rows


def test_webhooks_are_not_limited(api, shop, settings):
    settings.SYNC_THROTTLE_ANON = "1/min"
    assert {send(api, shopify_hook(event=str(number))).status_code for number in range(3)} == {200}


@pytest.mark.parametrize("path", [SHOPIFY, WOO])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_405(api, path, method):
    assert refusal(api.generic(method, path))[0] == 405


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("make", "fields"), [(shopify_hook, {}), (woo_hook, WOO_SHOP)], ids=["shopify", "woo"])
def test_one_event_fifty_times_at_once_is_stored_once_for_each(make, fields):
    for _ in range(2):
        make_connection(**fields)
    answers = race([lambda: send(hub_client(), make(order())).status_code] * 50)
    assert answers == [200] * 50
    assert Delivery.objects.count() == 2
    assert DBTaskResult.objects.count() == 1
