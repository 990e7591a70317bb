"""After a full life neither the database nor a log, a mail or the cache has a readable credential or customer."""

import json
import logging
import pickle
from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from django.conf import settings as project
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection as database

from accounts.tests.factories import AdminFactory
from core.testing.tasks import run_tasks
from storesync.mock.prokip.store import MAIN, TOKEN
from storesync.mock.woo.access import KEY, SECRET
from storesync.models import Connection, Consent, Delivery, StoreOrder, TraceEvent
from storesync.tests.clients import HubClient, bearer
from storesync.tests.hooks import send, shopify_hook

pytestmark = pytest.mark.django_db

PASSWORD = "Ein langes Wort 7"
PERSONS = ("ada@example.com", "1 Example Street", "+2340000000000", "Ada Example", "Gift for Aunt Grace")
SHOP, WOO_SHOP = "mock-shop.myshopify.com", "https://shop.example.com"


def spellings(secret):
    """As it is, in a URL, in JSON, and within Base64 wherever it begins there."""
    within = (b64encode(b"x" * shift + secret.encode())[4 if shift else 0 : -4].decode() for shift in range(3))
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], *(each for each in within if len(each) > 5)}


def rows():
    """All columns of all rows of all tables."""
    quoted = database.ops.quote_name
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {quoted(table)}")
            for row in cursor.fetchall():
                values = (value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row)
                yield f"table {table}", "\n".join(values)


def files(folder):
    for path in folder.rglob("*") if folder.exists() else ():
        if path.is_file():
            yield f"file {path.name}", path.read_bytes().decode("latin-1")


class Witness:
    """Looks at everything that is kept, for what it was told of."""

    def __init__(self, caplog):
        self.caplog, self.secrets = caplog, {}

    def learn(self, **secrets):
        self.secrets.update({name.replace("_", " "): secret for name, secret in secrets.items()})

    def places(self):
        yield from rows()
        yield from files(project.MAIL_DIR)
        yield from ((f"mail {sent.subject}", str(sent.message())) for sent in mail.outbox)
        yield from ((f"cache {key}", repr(pickle.loads(value))) for key, value in cache._cache.items())
        for record in self.caplog.records:
            if not record.name.startswith(("storesync.mock", "urllib3")):  # those are not ours
                yield f"log of {record.name}", f"{record.getMessage()} {record.__dict__}"

    def look(self):
        sought = {name: spellings(secret) for name, secret in self.secrets.items()}
        told = [
            (name, where)
            for where, said in self.places()
            for name, spelled in sought.items()
            if any(each in said for each in spelled)
        ]
        assert told == []


@pytest.fixture
def witness(caplog):
    caplog.set_level(logging.DEBUG)
    witness = Witness(caplog)
    witness.learn(**{f"person {number}": person for number, person in enumerate(PERSONS)})
    witness.learn(erp_token=TOKEN, consumer_key=KEY, consumer_secret=SECRET, password=PASSWORD)
    witness.learn(app_secret=project.SHOPIFY_CLIENT_SECRET)
    return witness


@pytest.fixture
def shops(shopify, woo, prokip):
    return shopify, woo, prokip


@pytest.fixture
def public(settings):
    settings.SYNC_PUBLIC_URL = "https://hub.example.com/sync-hub"


def connect_all(witness, hub, shopify):
    """As a user does; `witness` learns what nobody else may."""
    assert hub.post("auth/register", {"username": "ada", "password": PASSWORD}).status_code == 200
    token = hub.post("auth/login", {"username": "ada", "password": PASSWORD}).json()["token"]
    hub.defaults["HTTP_AUTHORIZATION"] = bearer(token)["Authorization"]
    witness.learn(session=token)
    erp = {"token": TOKEN, "locationId": MAIN, "currency": "NGN"}
    assert hub.post("connections/prokip", erp).status_code == 200
    woo = {"storeUrl": WOO_SHOP, "consumerKey": KEY, "consumerSecret": SECRET}
    assert hub.post("connections/woocommerce", woo).status_code == 200
    asked = hub.post("connections/shopify/initiate", {"storeUrl": "mock-shop"}).json()["authUrl"]
    fields = dict(parse_qsl(urlsplit(shopify.consent(asked, SHOP)).query))
    witness.learn(state=fields["state"], code=fields["code"])
    witness.look()
    assert Consent.objects.exists()
    assert "success" in HubClient().get(f"connections/callback/shopify?{urlencode(fields)}")["Location"]
    for shop in Connection.objects.all():
        credentials = json.loads(shop.credentials)
        kept = {f"{name} of {shop.pk}": value for name, value in credentials.items() if value}
        witness.learn(**kept)
        assert kept
    witness.look()
    run_tasks()
    for shop in Connection.objects.all():
        if shop.webhook_secret:
            witness.learn(**{f"hook secret {shop.pk}": shop.webhook_secret})


def deliver(stand_in):
    """What it sent comes, a worker is at it."""
    stand_in.settle()
    for webhook in stand_in.sent:
        assert webhook.deliver(HubClient()).status_code == 200
    stand_in.sent.clear()


def sell_all(shopify, woo):
    """Orders that are sold, refunded, blocked, and a webhook that cannot be read."""
    for shop in (shopify, woo):
        order = shop.sell(("CABLE-C", 2), note=PERSONS[-1])
        shop.sell("SHOP-ONLY", "CASE-RED")
        shop.settle()
        shop.change(order, "refund", lines=[{"sku": "CABLE-C", "quantity": 1}], reason=PERSONS[-1])
    deliver(woo)  # whoever listens last hears all
    broken = json.dumps({"email": PERSONS[0], "shipping_address": {"address1": PERSONS[1]}}).encode()
    for number, body in enumerate((broken, broken[:-9], json.dumps([PERSONS[3]]).encode())):
        send(HubClient(), shopify_hook(body, shop=SHOP, event=f"odd-{number}"))


@pytest.mark.usefixtures("public")
def test_nothing_that_is_kept_tells_a_credential_or_a_customer(witness, shops, running_clock, monkeypatch):
    shopify, woo, prokip = shops
    AdminFactory()
    hub = HubClient()
    connect_all(witness, hub, shopify)
    witness.look()
    sell_all(shopify, woo)
    witness.look()
    prokip.fail("500", count=2)
    run_tasks()
    witness.look()
    running_clock.shift(timedelta(minutes=5))
    for _ in range(2):
        call_command("sync_stores", verbosity=0)
        run_tasks()
        running_clock.shift(timedelta(hours=2))
    call_command("check_stores", verbosity=0)
    for path in ("sync/errors", "sync/runs", "sync/trace?sku=CABLE-C", "connections", "setup/products"):
        assert hub.get(path).status_code == 200, path
    blocked = StoreOrder.objects.filter(status="blocked")
    assert hub.post(f"sync/errors/order-{blocked[0].pk}/replay").status_code == 200
    monkeypatch.setattr("storesync.sales.selling.sell", lambda kept, *_: 1 / 0)
    run_tasks()
    witness.look()
    assert {"sale", "return", "write"} <= set(TraceEvent.objects.values_list("kind", flat=True))
    assert blocked.count() == 2 and Delivery.objects.filter(status="parked").count() == 3
    shopify.fail("token")
    prokip.fail("token")
    woo.fail("token")
    call_command("sync_stores", verbosity=0)
    run_tasks()
    for shop in Connection.objects.kept():
        assert shop.status == "broken"
        assert hub.delete(f"connections/{shop.pk}").status_code == 200
    run_tasks()
    witness.look()


@pytest.mark.parametrize("secret", ["cs_something_secret", "ada@example.com"])
def test_the_witness_sees(witness, secret):
    """A look that finds nothing would prove nothing."""
    witness.learn(it=secret)
    kept = StoreOrder(order_id=b64encode(f"xx{secret}yy".encode()).decode()).order_id
    assert any(each in kept for each in spellings(secret))
    owner = AdminFactory(first_name="x")
    type(owner).objects.filter(pk=owner.pk).update(last_name=f"({secret})")
    with pytest.raises(AssertionError, match="accounts_user"):
        witness.look()
    type(owner).objects.filter(pk=owner.pk).update(last_name="")
    witness.look()
    logging.getLogger("storesync.anything").info("Said: %s", {"it": secret})
    with pytest.raises(AssertionError, match="log of storesync"):
        witness.look()
