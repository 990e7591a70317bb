"""The way over a merchant's consent at Shopify: who may come back from it, and that no secret leaves before."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings as project
from django.utils import timezone

from core.testing.fixtures import NOON
from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync.connectors.signatures import callback_hmac
from storesync.models import Connection, Consent
from storesync.tests.clients import hub_client, refusal, wrong
from storesync.tests.factories import make_operator
from storesync.tests.hooks import SHOPIFY

pytestmark = pytest.mark.django_db

SHOP = "mock-shop.myshopify.com"
CALLBACK = "connections/callback/shopify"
SUCCESS = f"/?shopify_success=true&store={SHOP}"


@pytest.fixture(autouse=True)
def public(settings):
    settings.SYNC_PUBLIC_URL = "https://hub.example.com/sync-hub"


def asked(hub, store="mock-shop"):
    """Where the user is sent to."""
    answer = hub.post("connections/shopify/initiate", {"storeUrl": store})
    assert answer.status_code == 200, answer.content
    return answer.json()["authUrl"]


def fields_of(url):
    return dict(parse_qsl(urlsplit(url).query))


def back(hub, shopify):
    """What Shopify's consent page brings back."""
    return fields_of(shopify.consent(asked(hub), SHOP))


def signed(fields):
    return {**fields, "hmac": callback_hmac(fields, project.SHOPIFY_CLIENT_SECRET)}


def arrive(client, fields):
    """Where the browser is sent on to."""
    answer = client.get(f"{CALLBACK}?{urlencode(fields)}")
    assert answer.status_code == 302
    return answer["Location"]


def refused(text):
    return f"/?{urlencode({'shopify_error': text})}"


def exchanges(shopify):
    return shopify.calls("POST /admin/oauth/access_token")


@pytest.mark.parametrize(
    "store", ["mock-shop", SHOP, f"https://{SHOP}", f"https://{SHOP}/", "  Mock-Shop.MyShopify.com  "]
)
def test_the_user_is_sent_to_the_shops_own_page(hub, settings, store):
    url = asked(hub, store)
    assert url.startswith(f"https://{SHOP}/admin/oauth/authorize?client_id={settings.SHOPIFY_CLIENT_ID}&scope=")
    fields = fields_of(url)
    assert fields["scope"] == (
        "read_products,write_products,read_inventory,write_inventory,read_locations,read_orders,write_orders"
    )
    assert fields["redirect_uri"] == f"https://hub.example.com/sync-hub/{CALLBACK}"
    assert "redirect_uri=https%3A%2F%2F" in url and len(fields["state"]) > 30
    assert asked(hub, store) != url


@pytest.mark.parametrize(
    "store",
    [
        "", None, 5, "a.b", "https://evil.com", "evil.com/x#.myshopify.com", f"{SHOP}:443", f"{SHOP}/admin", "-shop",
        f"user@{SHOP}", f"https://user:x@{SHOP}", f"{SHOP}.evil.com", "a b", "a\x00b", "x" * 3000, f"http://{SHOP}",
    ],
    ids=lambda store: repr(store)[:30],
)  # fmt: skip
def test_what_is_no_shop_is_refused(hub, store):
    assert wrong(hub.post("connections/shopify/initiate", {"storeUrl": store})) == {"storeUrl"}
    assert not Consent.objects.exists()


def test_a_hub_without_an_app_says_so(hub, settings):
    settings.SHOPIFY_CLIENT_SECRET = ""
    answer = hub.post("connections/shopify/initiate", {"storeUrl": "mock-shop"})
    assert refusal(answer) == (400, "Shopify is not set up here.")


def test_the_shop_that_was_allowed_is_connected_and_told_of_webhooks(hub, merchant, stranger, shopify):
    assert arrive(stranger, back(hub, shopify)) == SUCCESS
    shop = Connection.objects.get()
    assert (shop.owner, shop.platform, shop.address, shop.status) == (merchant, "shopify", SHOP, "active")
    assert (shop.webhook_secret, "write_inventory" in shop.scopes) == (None, True)
    assert shop.expires_at > timezone.now()
    run_tasks()
    hooks = shopify.store.hooks.values()
    assert {hook["uri"] for hook in hooks} == {f"https://hub.example.com{SHOPIFY}"}
    assert {hook["topic"] for hook in hooks} == {
        "ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_CANCELLED", "PRODUCTS_UPDATE", "APP_UNINSTALLED",
    }  # fmt: skip
    assert hub.delete(f"connections/{shop.pk}").status_code == 200
    run_tasks()
    assert not shopify.store.hooks


def test_the_addresses_of_the_guide_override(hub, stranger, shopify, settings):
    settings.REDIRECT_URI = "https://prokip.local/connections/callback/shopify"
    settings.WEBHOOK_URL = "https://prokip.local/connections/webhook/shopify"
    assert fields_of(asked(hub))["redirect_uri"] == settings.REDIRECT_URI
    assert arrive(stranger, back(hub, shopify)) == SUCCESS
    run_tasks()
    assert {hook["uri"] for hook in shopify.store.hooks.values()} == {settings.WEBHOOK_URL}


def test_a_known_shop_is_updated(hub, stranger, shopify):
    arrive(stranger, back(hub, shopify))
    shop = Connection.objects.get()
    shop.move_to("broken")
    assert arrive(stranger, back(hub, shopify)) == SUCCESS
    again = Connection.objects.get()
    assert (again.pk, again.status) == (shop.pk, "active") and again.credentials != shop.credentials


def test_two_users_connect_one_shop(hub, stranger, shopify):
    other = hub_client(make_operator("other").user)
    for client in (hub, other):
        assert arrive(stranger, back(client, shopify)) == SUCCESS
    assert Connection.objects.count() == 2


def test_the_page_may_have_a_query_of_its_own(hub, stranger, shopify, settings):
    settings.SYNC_FRONTEND_URL = "https://app.example.com/stores?tab=1"
    at = arrive(stranger, back(hub, shopify))
    assert at == f"https://app.example.com/stores?tab=1&shopify_success=true&store={SHOP}"


# --- Who may come back


@pytest.mark.parametrize("told", ["access_denied", "a&b=c\r\nX: y", "<script>", "é" * 10])
def test_what_shopify_refuses_is_handed_on(stranger, told):
    assert arrive(stranger, {"error": told, "error_description": "more"}) == refused(told)
    assert arrive(stranger, {"error_description": told}) == refused(told)


def test_a_long_refusal_is_cut(stranger):
    assert len(arrive(stranger, {"error": "x" * 5000})) < 300


@pytest.mark.parametrize("missing", ["code", "shop"])
def test_without_a_code_or_a_shop(hub, stranger, shopify, missing):
    fields = back(hub, shopify)
    for value in ({}, {missing: ""}):
        given = {**{name: one for name, one in fields.items() if name != missing}, **value}
        assert arrive(stranger, given) == refused("Missing code or shop")
    assert arrive(stranger, {}) == refused("Missing code or shop")


@pytest.mark.parametrize("name", ["code", "shop", "state", "timestamp", "host", "hmac"])
def test_one_other_field_is_no_signature_and_no_secret_leaves(hub, stranger, shopify, name):
    fields = back(hub, shopify)
    forged = [{**fields, name: f"{fields[name]}0"}, {k: v for k, v in fields.items() if k != name}]
    if name in ("code", "shop"):
        forged.pop()
    for given in [*forged, [*fields.items(), (name, fields[name])]]:
        assert arrive(stranger, given) == refused("Invalid signature")
    assert exchanges(shopify) == []
    assert arrive(stranger, fields) == SUCCESS


@pytest.mark.parametrize("away", [timedelta(days=-1, minutes=-1), timedelta(hours=2)])
def test_a_callback_of_another_time_is_refused_however_it_is_signed(hub, stranger, shopify, away):
    fields = {**back(hub, shopify), "timestamp": str(int((timezone.now() + away).timestamp()))}
    fields.pop("hmac")
    assert arrive(stranger, signed(fields)) == refused("Invalid signature")
    assert exchanges(shopify) == []


@pytest.mark.parametrize("timestamp", ["0", "x", "", "1e9", "9" * 20])
def test_a_callback_of_no_time_is_refused_however_it_is_signed(hub, stranger, shopify, timestamp):
    fields = {**back(hub, shopify), "timestamp": timestamp}
    fields.pop("hmac")
    assert arrive(stranger, signed(fields)) == refused("Invalid signature")
    assert exchanges(shopify) == []


@pytest.mark.parametrize("shop", ["evil.com", "evil.com/x#.myshopify.com", "MOCK-SHOP.myshopify.com", f"{SHOP}\n"])
def test_a_shop_that_is_none_is_refused_however_it_is_signed(hub, stranger, shopify, shop):
    fields = {**back(hub, shopify), "shop": shop}
    fields.pop("hmac")
    assert arrive(stranger, signed(fields)) == refused("Invalid signature")
    assert exchanges(shopify) == []


@pytest.mark.parametrize("how", ["unknown", "none", "other shop", "used", "expired", "closed account"])
@pytest.mark.clock(NOON)
def test_a_state_is_good_once_for_its_shop_and_ten_minutes(hub, shopify, how, clock):
    stranger = hub_client()
    fields = back(hub, shopify)
    fields.pop("hmac")
    if how == "unknown":
        fields["state"] += "0"
    elif how == "none":
        fields["state"] = ""
    elif how == "other shop":
        fields["shop"] = "other.myshopify.com"
    elif how == "used":
        assert arrive(stranger, signed(fields)) == SUCCESS
    elif how == "expired":
        clock.shift(timedelta(minutes=10))
    else:
        hub.user.is_active = False
        hub.user.save()
    before = len(exchanges(shopify))
    assert arrive(stranger, signed(fields)) == refused("Invalid state")
    assert len(exchanges(shopify)) == before


@pytest.mark.clock(NOON)
def test_a_state_just_before_its_end(hub, stranger, shopify, clock):
    fields = back(hub, shopify)
    clock.shift(timedelta(minutes=10) - timedelta(seconds=1))
    assert arrive(stranger, fields) == SUCCESS


def test_a_code_that_shopify_does_not_take(hub, stranger, shopify):
    fields = {**back(hub, shopify), "code": "other"}
    fields.pop("hmac")
    given = signed(fields)
    assert arrive(stranger, given) == refused("Failed to exchange authorization code")
    assert arrive(stranger, given) == refused("Invalid state")
    assert not Connection.objects.exists()


@pytest.mark.parametrize("silent", ["access_token", "graphql"])
def test_a_shop_that_does_not_answer_is_not_kept(hub, stranger, shopify, silent):
    fields = back(hub, shopify)
    shopify.fail("500", count=9, match=silent)
    assert arrive(stranger, fields) == refused("Failed to exchange authorization code")
    assert not Connection.objects.exists()


def test_the_callback_is_not_limited_and_has_no_other_method(stranger, settings):
    settings.SYNC_THROTTLE_ANON = "1/min"
    assert {stranger.get(CALLBACK).status_code for _ in range(3)} == {302}
    assert refusal(stranger.post(CALLBACK))[0] == 405


@pytest.mark.clock(NOON)
def test_states_that_are_over_are_forgotten(hub, merchant, clock):
    asked(hub)
    clock.shift(timedelta(hours=1))
    asked(hub)
    assert Consent.objects.filter(owner=merchant).count() == 1


def test_the_tables_hold_no_state(hub):
    state = fields_of(asked(hub))["state"]
    assert state not in str(list(Consent.objects.values()))


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_one_callback_several_times_at_once_is_exchanged_once(merchant, shopify):
    fields = back(hub_client(merchant), shopify)
    places = race([lambda: arrive(hub_client(), fields)] * 8)
    assert sorted(places) == sorted([SUCCESS, *[refused("Invalid state")] * 7])
    assert len(exchanges(shopify)) == 1
