"""Orders that changed are asked for, so that what webhooks lost is found."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from core.testing.kills import kill_at
from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync.connecting import keep
from storesync.connections import disconnect
from storesync.connectors.base import OrderPage
from storesync.connectors.registry import connector_of
from storesync.mock.prokip.store import TOKEN
from storesync.models import Connection, StoreOrder
from storesync.sales.pulling import Pulled, pull
from storesync.sales.working import receive, work_off
from storesync.tests.factories import make_erp
from storesync.tests.sales import an_order, invoices
from storesync.tests.shops import shopify_shop, woo_shop
from storesync.wire import Unreachable

__all__ = ["shopify_shop", "woo_shop"]

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["shopify", "woo"])
def both(request):
    """A shop of each platform, whose owner has an ERP: its stand-in and its connector."""
    stand_in, connector = request.getfixturevalue(request.param), request.getfixturevalue(f"{request.param}_shop")
    make_erp(connector.connection.owner, token=TOKEN, currency="NGN")
    return stand_in, connector


def pulled(connector):
    """What a pull of the connection as it is now counted."""
    counted = Pulled()
    pull(Connection.objects.get(pk=connector.connection.pk), connector, counted)
    return counted


@pytest.fixture
def told(shopify_shop, monkeypatch):
    """Let the shop tell of one order, or of pages."""

    def tell(*pages):
        pages = [page if isinstance(page, OrderPage) else OrderPage((page,), page.version) for page in pages]
        monkeypatch.setattr(type(shopify_shop), "orders_since", lambda *_: iter(pages))

    return tell


def cursor(connector):
    return Connection.objects.get(pk=connector.connection.pk).cursor


def test_what_no_webhook_told_is_pulled_and_sold_once(both, prokip):
    stand_in, connector = both
    for _ in range(3):
        stand_in.sell("CABLE-C")
    assert (pulled(connector).new, pulled(connector).new) == (3, 0)
    run_tasks()
    assert len(invoices(prokip)) == 3
    assert StoreOrder.objects.filter(status="sent").count() == 3


def test_the_cursor_stands_at_the_newest_change(both):
    stand_in, connector = both
    assert cursor(connector) is None
    pulled(connector)
    assert cursor(connector) is None
    stand_in.sell("CABLE-C")
    pulled(connector)
    assert cursor(connector) == StoreOrder.objects.get().version


def test_what_is_known_as_it_is_stays_untouched(both, prokip):
    """A blocked order does not come to the worker again with each pull."""
    stand_in, connector = both
    stand_in.sell("CABLE-C")
    prokip.fail("500")
    pulled(connector)
    run_tasks()
    before = StoreOrder.objects.values_list("attempts", "next_attempt_at").get()
    assert pulled(connector).read == 1
    assert StoreOrder.objects.values_list("attempts", "next_attempt_at").get() == before


def test_an_order_that_changed_within_the_same_second_is_news(shopify_shop, told):
    placed = an_order("CABLE-C", version=timezone.now(), paid=False)
    for order in (placed, replace(placed, paid=True)):
        told(order)
        pulled(shopify_shop)
    assert StoreOrder.objects.get().is_paid


@pytest.mark.parametrize(("seconds", "rescued"), [(60, 0), (180, 1)])
def test_an_order_is_rescued_once_its_webhook_is_late(shopify_shop, told, seconds, rescued):
    told(an_order("CABLE-C", version=timezone.now() - timedelta(seconds=seconds)))
    assert pulled(shopify_shop).rescued == rescued
    assert pulled(shopify_shop).rescued == 0


def test_the_cursor_moves_when_a_page_is_stored_and_never_back(shopify_shop, told, monkeypatch):
    first, second = (an_order("CABLE-C", number=n, version=timezone.now() - timedelta(hours=3 - n)) for n in (1, 2))

    def pages(_, since):
        if since < shopify_shop.connection.orders_from - timedelta(days=1):
            return  # nothing is open of before
        yield OrderPage((first,), first.version)
        raise Unreachable

    monkeypatch.setattr(type(shopify_shop), "orders_since", pages)
    with pytest.raises(Unreachable):
        pulled(shopify_shop)
    assert cursor(shopify_shop) == first.version
    told(second, OrderPage((), first.version))
    pulled(shopify_shop)
    assert cursor(shopify_shop) == second.version


def test_a_shop_whose_clock_is_ahead_does_not_move_the_cursor_past_now(shopify_shop, told):
    told(an_order("CABLE-C", version=timezone.now() + timedelta(hours=2)))
    pulled(shopify_shop)
    assert cursor(shopify_shop) <= timezone.now()


def test_an_order_that_changes_while_it_is_read_moves_the_cursor_past_no_other(shopify_shop, shopify, monkeypatch):
    made = [shopify.sell("CABLE-C") for _ in range(6)]
    pages = shopify_shop.orders_since(timezone.now() - timedelta(minutes=1))
    ask = shopify_shop.api.ask

    def meanwhile(query, *args, **kwargs):
        if "nodes(ids" in query:
            later = timezone.now() + timedelta(hours=1)
            shopify.store.orders[made[0]["id"]]["updated_at"] = later.isoformat(timespec="seconds")
        return ask(query, *args, **kwargs)

    monkeypatch.setattr(shopify_shop.api, "ask", meanwhile)
    page = next(pages)
    assert max(order.version for order in page.orders) > page.up_to


def test_an_order_that_cannot_be_read_waits_for_a_person_until_it_can(shopify_shop, prokip, told):
    told(OrderPage((), None, (("1", "No way."), ("", "No id."))))
    assert [pulled(shopify_shop).unreadable for _ in range(2)] == [2, 2]
    kept = StoreOrder.objects.get()
    assert (kept.status, kept.problems) == ("blocked", [{"code": "unreadable", "message": "No way."}])
    told(an_order("CABLE-C", version=timezone.now()))
    make_erp(shopify_shop.connection.owner, token=TOKEN, currency="NGN")
    pulled(shopify_shop)
    run_tasks()
    assert (StoreOrder.objects.get().status, invoices(prokip)) == ("sent", ["SHOPIFY-1"])


def test_orders_of_a_paused_shop_are_kept_and_sold_in_order_after_it(both, prokip):
    stand_in, connector = both
    connector.connection.move_to("paused")
    made = [str(stand_in.sell("CABLE-C")["id"]) for _ in range(3)]
    assert pulled(connector).new == 3
    run_tasks()
    assert invoices(prokip) == []
    connector.connection.move_to("active")
    work_off(connector.connection)
    assert [number.split("-")[1] for number in invoices(prokip)] == made


def test_a_shop_that_is_disconnected_meanwhile_takes_nothing_more(shopify_shop, shopify):
    shopify.sell("CABLE-C")
    shopify_shop.orders_since, listed = None, list(shopify_shop.orders_since(timezone.now() - timedelta(hours=1)))

    def pages(moment):
        Connection.objects.get().move_to("removed")
        yield from listed

    shopify_shop.orders_since = pages
    assert pulled(shopify_shop).new == 0
    assert not StoreOrder.objects.exists()


def test_what_is_open_when_a_shop_is_connected_is_held_and_sold_once_it_is_paid(both, prokip):
    stand_in, connector = both
    waiting = stand_in.sell("PHONE-A", paid=False)
    stand_in.sell("CABLE-C")
    Connection.objects.update(orders_from=timezone.now() + timedelta(hours=1))
    pulled(connector)
    assert StoreOrder.objects.get().status == "waiting"
    Connection.objects.update(orders_from=timezone.now() + timedelta(seconds=2))
    stand_in.change(waiting, "pay")
    pulled(connector)
    run_tasks()
    assert sorted(StoreOrder.objects.values_list("status", flat=True)) == ["ignored", "sent"]
    assert len(invoices(prokip)) == 1


def test_what_a_page_had_when_its_shop_was_disconnected_is_pulled_if_it_comes_back(shopify_shop, told, monkeypatch):
    def meanwhile(**taken):
        Connection.objects.get().move_to("removed")
        return receive(**taken)

    told(an_order("CABLE-C"))
    before = cursor(shopify_shop)
    monkeypatch.setattr("storesync.sales.pulling.receive", meanwhile)
    assert pulled(shopify_shop).new == 0
    assert (StoreOrder.objects.count(), cursor(shopify_shop)) == (0, before)


def test_a_shop_that_is_connected_again_catches_up_and_sells_nothing_of_before_the_first_time(both, prokip):
    stand_in, connector = both
    first = connector.connection
    Connection.objects.update(orders_from=timezone.now() + timedelta(minutes=5))
    old = stand_in.sell("CABLE-C")
    assert pulled(connector).new == 1
    Connection.objects.update(orders_from=timezone.now() - timedelta(minutes=5))
    disconnect(connection=Connection.objects.get(pk=first.pk), by=first.owner)
    stand_in.sell("CABLE-C")
    shop = {name: getattr(first, name) for name in ("platform", "address", "identity", "credentials")}
    again = keep(Connection(**shop), first.owner)
    connector = connector_of(again)
    stand_in.change(old, "refund", lines=[])
    assert pulled(connector).new == 1
    work_off(again)
    assert (again.pk != first.pk, sorted(StoreOrder.objects.values_list("status", flat=True))) == (
        True,
        ["ignored", "sent"],
    )
    assert len(invoices(prokip)) == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["storesync.sales.pulling.store", "storesync.sales.pulling.move_cursor"])
def test_killed_while_pulling(both, prokip, step, when):
    stand_in, connector = both
    for _ in range(2):
        stand_in.sell("CABLE-C")
    kill_at(step, when, lambda: pulled(connector))
    pulled(connector)
    run_tasks()
    assert len(invoices(prokip)) == len(set(invoices(prokip))) == 2
    assert cursor(connector) == max(StoreOrder.objects.values_list("version", flat=True))


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_pulls_at_once_store_each_order_once(both, prokip):
    stand_in, connector = both
    for _ in range(6):
        stand_in.sell("CABLE-C")
    counted = race([lambda: pulled(connector).new for _ in range(3)])
    assert sum(counted) == StoreOrder.objects.count() == 6
    run_tasks()
    assert len(invoices(prokip)) == 6
