"""A shop that is reached at several addresses is one connection, by what it says of itself."""

import pytest

from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync.connectors.addresses import public_address
from storesync.mock.woo.store import WooStore
from storesync.models import Connection, Delivery
from storesync.tests.clients import hub_client
from storesync.tests.factories import make_order
from storesync.tests.shops import connect_woo

pytestmark = pytest.mark.django_db

SPELLINGS = [
    "https://www.shop.example.com", "http://shop.example.com/", "https://SHOP.example.com:443",
    "https://alias.example.net",
]  # fmt: skip


@pytest.fixture
def site(woo):
    """What the shop says that its address is."""

    def say(address):
        woo.store.site = address

    say("http://shop.example.com")
    return say


@pytest.mark.parametrize("address", SPELLINGS)
def test_another_address_of_the_shop_is_the_same_connection(hub, site, address):
    assert connect_woo(hub) == connect_woo(hub, address)
    shop = Connection.objects.get()
    assert (shop.identity, shop.address) == ("shop.example.com", public_address(address))


@pytest.mark.parametrize("said", ["", "no address", "https://shop.example.com/?x"])
def test_a_shop_that_does_not_say_who_it_is_goes_by_its_address(hub, woo, monkeypatch, said):
    monkeypatch.setattr(WooStore, "home", said)
    first = connect_woo(hub)
    assert connect_woo(hub, "https://www.shop.example.com") == first
    assert connect_woo(hub, "https://eu.shop.example.com") != first


def test_two_shops_are_two_connections(hub, site):
    ids = set()
    for address in ("https://en.shop.example.com", "https://de.shop.example.com"):
        site(address)
        ids.add(connect_woo(hub, address))
    assert len(ids) == 2


def test_a_shop_that_calls_itself_otherwise_is_the_same_at_its_address(hub, site):
    first = connect_woo(hub)
    site("https://new.example.com")
    assert [connect_woo(hub), connect_woo(hub), connect_woo(hub, "https://new.example.com")] == [first] * 3
    assert Connection.objects.get().identity == "new.example.com"


def test_a_shop_that_comes_back_by_another_address_brings_its_orders_along(hub, site):
    order = make_order(Connection.objects.get(pk=connect_woo(hub)))
    hub.delete(f"connections/{order.connection_id}")
    again = connect_woo(hub, "https://www.shop.example.com")
    order.refresh_from_db()
    assert order.connection_id == again


def test_its_webhooks_are_known_by_what_it_calls_itself(hub, api, woo, site):
    shop = connect_woo(hub, "https://alias.example.net")
    run_tasks()
    woo.sell("CABLE-C")
    woo.settle()
    assert {hook.deliver(api).status_code for hook in woo.sent} == {200}
    assert {delivery.connection_id for delivery in Delivery.objects.all()} == {shop}


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_it_is_connected_by_all_its_addresses_at_once(merchant, site):
    ids = race([lambda address=address: connect_woo(hub_client(merchant), address) for address in SPELLINGS])
    assert set(ids) == {Connection.objects.get().pk}
