"""One paid order is one sale in the ERP, whatever is lost on the way, and what comes back is returned once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core.testing.tasks import run_tasks
from core.text.canonical import sha256
from storesync.connecting import connect_prokip, keep
from storesync.connections import disconnect
from storesync.erp.client import Prokip
from storesync.erp.records import ErpLocation
from storesync.mock.prokip.store import MAIN, TOKEN
from storesync.models import Connection, ErpConfig, ErpSale, SkuMapping, StoreOrder
from storesync.models.orders import LEASE, RETRY_AFTER
from storesync.sales import working
from storesync.sales.booking import CannotBook
from storesync.sales.claiming import ClaimLost, claim
from storesync.sales.intake import block
from storesync.sales.reading import Problem
from storesync.sales.selling import unreserve
from storesync.sales.working import conclude, receive, send_orders, wake
from storesync.stock.reserved import reserved
from storesync.tests.clients import hub_client
from storesync.tests.factories import make_connection, make_order
from storesync.tests.sales import an_order, back, invoices, row, shop, take, work
from storesync.troubles import dismiss, replay

__all__ = ["shop"]

ORDER = an_order(("PHONE-A", 2), "CABLE-C")


def stock(prokip, *skus):
    levels = prokip.state()["stock"]
    return [levels[sku] for sku in skus]


def codes(order):
    return [problem["code"] for problem in row(order).problems]


@pytest.fixture
def work_after(shop, clock):
    """The worker's turns, each after a wait."""

    def after(*waits):
        for wait in waits:
            clock.shift(wait)
            work(shop)

    return after


def reconnect(shop):
    """The connection of a shop that was removed and connected again."""
    disconnect(connection=Connection.objects.get(pk=shop.pk), by=shop.owner)
    again = Connection(platform=shop.platform, address=shop.address, identity=shop.identity, credentials="{}")
    return keep(again, shop.owner)


def test_a_shop_that_is_connected_again_sells_nothing_again(shop, prokip):
    take(shop, ORDER)
    work(shop)
    again = reconnect(shop)
    take(again, an_order("CABLE-C", number=2))
    assert take(again, ORDER).status == "sent"
    work(again)
    assert (again.pk != shop.pk, invoices(prokip)) == (True, ["SHOPIFY-1", "SHOPIFY-2"])


def test_a_shop_that_is_connected_again_has_its_settings_and_its_mappings_by_hand(shop, prokip):
    settings = {"buffer": 2, "max_listed": 9, "locations": ["l1"], "price_sync": True}
    Connection.objects.update(**settings)
    for sku, how in (("OWN-NAME", "manual"), ("PHONE-B", "automatic")):
        names = {"sku": sku, "sku_key": sha256(sku), "erp_sku": "PHONE-A", "erp_sku_key": sha256("PHONE-A")}
        SkuMapping.objects.create(connection=shop, item_key=f"{sku}/1", how=how, **names)
    take(shop, an_order(("OWN-NAME", 2), paid=False))
    again = reconnect(reconnect(shop))
    assert {name: getattr(Connection.objects.get(pk=again.pk), name) for name in settings} == settings
    assert list(again.mappings.values_list("sku", "erp_sku", "item_key")) == [("OWN-NAME", "PHONE-A", "OWN-NAME/1")]
    assert reserved(ErpConfig.objects.get()) == {"PHONE-A": 2}


def test_what_was_under_way_when_a_shop_was_disconnected_is_not_taken_in(shop, prokip):
    disconnect(connection=Connection.objects.get(pk=shop.pk), by=shop.owner)
    assert not receive(connection=shop, order=ORDER)
    block(connection=shop, order_id="2", reason="No way.")
    assert not StoreOrder.objects.exists()


def test_an_order_that_two_removed_connections_have_stops_no_third(shop, prokip):
    """One that was sold is not sold again by a row that another connection has of it."""
    make_order(shop, order_id="1", is_paid=True)
    make_order(shop, order_id="2")
    second = make_connection(owner=shop.owner, address="second.myshopify.com")
    take(second, ORDER)
    work(second)
    Connection.objects.update(identity=shop.identity)
    disconnect(connection=Connection.objects.get(pk=second.pk), by=shop.owner)
    again = reconnect(shop)
    assert sorted(again.orders.values_list("order_id", "status")) == [("1", "sent"), ("2", "waiting")]
    work(again)
    assert len(invoices(prokip)) == 1


def test_a_late_creation_of_the_second_of_the_cancellation_sells_nothing(shop, prokip):
    take(shop, replace(ORDER, cancelled=True))
    order = take(shop, ORDER)
    work(shop)
    assert (row(order).status, invoices(prokip)) == ("ignored", [])


def test_more_pieces_than_there_ever_are_stop_no_other_order(shop, prokip):
    take(shop, an_order(*[("PHONE-A", 10**9)] * 3, paid=False))
    order = take(shop, an_order("PHONE-A", number=2))
    work(shop)
    assert (row(order).status, invoices(prokip)) == ("sent", ["SHOPIFY-2"])


def test_the_first_order_that_is_booked_says_in_which_currency_the_books_are(shop, prokip):
    ErpConfig.objects.update(currency="")
    nonsense = take(shop, an_order("NO-SUCH-SKU", currency="EUR"))
    first, other = (
        take(shop, an_order("CABLE-C", number=n, minute=n, currency=c)) for n, c in ((2, "USD"), (3, "NGN"))
    )
    work(shop)
    assert [row(order).status for order in (nonsense, first, other)] == ["blocked", "sent", "blocked"]
    assert (codes(other), invoices(prokip), ErpConfig.objects.get().currency) == (["currency"], ["SHOPIFY-2"], "USD")


def test_an_order_that_was_refunded_before_it_was_sold_holds_nothing(shop, prokip):
    order = take(shop, replace(ORDER, paid=False, refunded=ORDER.total))
    work(shop)
    assert (row(order).status, invoices(prokip), reserved(ErpConfig.objects.get())) == ("ignored", [], {})


def test_a_sale_whose_answer_was_lost_is_confirmed_though_the_shop_was_disconnected_since(shop, prokip, work_after):
    lost, waiting = take(shop, an_order("CABLE-C")), take(shop, an_order("CABLE-C", number=2, minute=1))
    prokip.fail("drop after", match="/sell", count=1)
    StoreOrder.objects.filter(pk=waiting.pk).update(next_attempt_at=timezone.now() + timedelta(hours=1))
    work(shop)
    assert row(lost).status == "reserved"
    disconnect(connection=Connection.objects.get(pk=shop.pk), by=shop.owner)
    work_after(timedelta(hours=2))
    assert (row(lost).status, row(waiting).status, invoices(prokip)) == ("sent", "waiting", ["SHOPIFY-1"])


def test_a_paid_order_is_one_sale_however_often_the_worker_comes(shop, prokip):
    order = take(shop, ORDER)
    assert [work(shop), work(shop)] == [1, 0]
    take(shop, ORDER)
    work(shop)
    assert invoices(prokip) == ["SHOPIFY-1"]
    assert stock(prokip, "PHONE-A", "CABLE-C") == [18, 199]
    sale = ErpSale.objects.get()
    assert (row(order).status, row(order).problems, sale.total) == ("sent", [], 3000)
    assert all(line.sell_line_id for line in sale.lines.all())
    assert prokip.state()["sells"][0]["transaction_date"] == "2026-11-01 12:00:00"


def test_the_oldest_order_is_sold_first_and_a_blocked_one_lets_others_pass(shop, prokip):
    numbers = [(3, 30), (1, 10), (2, 20)]
    for number, minute in numbers:
        sku = "NO-SUCH-SKU" if number == 2 else "CABLE-C"
        created = ORDER.created + timedelta(minutes=minute)
        take(shop, an_order(sku, number=number, created=created))
    work(shop)
    assert invoices(prokip) == ["SHOPIFY-1", "SHOPIFY-3"]
    blocked = StoreOrder.objects.get(order_id="2")
    assert (blocked.status, codes(blocked)) == ("blocked", ["sku_unknown"])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"currency": "USD"}, "currency"),
        ({"problems": (Problem("sum", "It does not add up."),)}, "sum"),
        ({"lines": an_order("cable-c").lines}, "sku_unknown"),
    ],
)
def test_an_order_with_something_wrong_is_blocked_whole(shop, prokip, fields, code):
    order = take(shop, replace(ORDER, **fields))
    work(shop)
    assert (row(order).status, codes(order), invoices(prokip)) == ("blocked", [code], [])


def test_mapping_the_sku_by_hand_and_asking_again_sells_it(shop, prokip):
    order = take(shop, an_order("THEIR-NAME"))
    work(shop)
    keys = {"sku_key": sha256("THEIR-NAME"), "erp_sku_key": sha256("CABLE-C")}
    SkuMapping.objects.create(connection=shop, sku="THEIR-NAME", erp_sku="CABLE-C", how="manual", **keys)
    for _ in range(2):
        wake(StoreOrder.objects.filter(pk=order.pk))
        work(shop)
    assert (row(order).status, invoices(prokip), stock(prokip, "CABLE-C")) == ("sent", ["SHOPIFY-1"], [199])


@pytest.mark.parametrize("kind", ["drop after", "drop", "500", "html", "429"])
def test_a_lost_answer_sells_once(shop, prokip, work_after, kind):
    order = take(shop, ORDER)
    prokip.fail(kind, match="POST /connector/api/sell", count=3)
    work_after(timedelta(0), *RETRY_AFTER[:3])
    assert (row(order).status, invoices(prokip)) == ("sent", ["SHOPIFY-1"])
    assert stock(prokip, "PHONE-A") == [18]


@pytest.fixture
def taken_by_another(shop, prokip, clock, monkeypatch):
    """The ERP asks to wait before it takes this call, and until then another worker has and works at the order."""

    def take_over(match):
        def nap(seconds):
            monkeypatch.undo()
            clock.shift(LEASE)
            work(shop)

        prokip.fail("429", match=match, count=1)
        monkeypatch.setattr("storesync.erp.client.time.sleep", nap)

    return take_over


def test_a_worker_who_lost_the_order_to_another_sells_nothing(shop, prokip, taken_by_another):
    order = take(shop, ORDER)
    taken_by_another("POST /connector/api/sell")
    work(shop)
    assert (row(order).status, codes(order), invoices(prokip)) == ("sent", [], ["SHOPIFY-1"])


def test_a_worker_who_lost_the_order_to_another_returns_nothing(shop, prokip, taken_by_another):
    order = take(shop, ORDER)
    work(shop)
    take(shop, back(ORDER, 1, 0))
    taken_by_another("sell-return")
    work(shop)
    assert (codes(order), len(prokip.calls("POST /connector/api/sell-return"))) == ([], 1)


def test_a_worker_who_lost_the_order_to_another_takes_nothing_from_that_one(shop, prokip, clock):
    order = take(shop, ORDER)
    assert claim(order)
    clock.shift(LEASE)
    another = row(order)
    assert claim(another)
    assert not conclude(order, order.next_attempt_at, problems=[])
    with pytest.raises(ClaimLost):
        unreserve(order)
    assert row(order).claimed_until == another.claimed_until


def test_an_erp_that_stays_away_is_asked_after_growing_waits_and_then_a_person(shop, prokip, work_after):
    order = take(shop, ORDER)
    prokip.fail("500")
    work_after(timedelta(0), *RETRY_AFTER)
    assert (row(order).next_attempt_at, codes(order), row(order).attempts) == (None, ["unreachable"], 7)
    prokip.heal()
    assert wake(StoreOrder.objects.all()) == 1
    work(shop)
    assert (row(order).status, invoices(prokip)) == ("sent", ["SHOPIFY-1"])


def test_a_refused_token_is_not_asked_with_again(shop, prokip):
    order = take(shop, ORDER)
    prokip.fail("token")
    work(shop)
    assert (row(order).next_attempt_at, codes(order)) == (None, ["credentials_refused"])
    asked = len(prokip.calls())
    take(shop, an_order("CABLE-C", number=2))
    work(shop)
    assert len(prokip.calls()) == asked
    prokip.heal()
    connect_prokip(user=shop.owner, token=TOKEN, location_id=MAIN)
    run_tasks()
    assert invoices(prokip) == ["SHOPIFY-1", "SHOPIFY-2"]


def test_orders_of_a_paused_shop_wait(shop, prokip):
    take(shop, ORDER)
    shop.move_to("paused")
    assert work(shop) == 0
    shop.move_to("active")
    assert work(shop) == 1


def test_a_refund_is_returned_as_the_sum_so_far(shop, prokip):
    order = take(shop, ORDER)
    work(shop)
    for returned, phones, cables in (((1, 0), 19, 199), ((1, 0), 19, 199), ((2, 0), 20, 199), ((2, 1), 20, 200)):
        minute = sum(returned) + 1
        take(shop, back(ORDER, *returned, minute=minute))
        work(shop)
        assert stock(prokip, "PHONE-A", "CABLE-C") == [phones, cables]
    assert row(order).status == "returned"
    assert invoices(prokip) == ["SHOPIFY-1"]


def test_a_cancelled_sale_comes_back_whole_after_a_part_of_it_did(shop, prokip):
    order = take(shop, ORDER)
    work(shop)
    take(shop, back(ORDER, 1, 0, minute=1))
    work(shop)
    take(shop, replace(ORDER, cancelled=True, version=ORDER.version + timedelta(minutes=2)))
    work(shop)
    assert (row(order).status, stock(prokip, "PHONE-A", "CABLE-C")) == ("returned", [20, 200])


@pytest.mark.parametrize("kind", ["drop after", "drop", "500"])
def test_a_lost_answer_returns_once(shop, prokip, work_after, kind):
    order = take(shop, ORDER)
    work(shop)
    take(shop, back(ORDER, 1, 1))
    prokip.fail(kind, match="sell-return", count=2)
    work_after(timedelta(0), *RETRY_AFTER[:2])
    assert stock(prokip, "PHONE-A", "CABLE-C") == [19, 200]
    assert [line.returned for line in ErpSale.objects.get(order=order).lines.order_by("pk")] == [1, 1]


def test_what_was_cancelled_after_an_answer_was_lost_is_returned(shop, prokip, work_after):
    order = take(shop, ORDER)
    prokip.fail("drop after", match="POST /connector/api/sell", count=1)
    work(shop)
    take(shop, replace(ORDER, cancelled=True, version=ORDER.version + timedelta(minutes=1)))
    work_after(RETRY_AFTER[0])
    assert (row(order).status, stock(prokip, "PHONE-A")) == ("returned", [20])


def test_what_was_cancelled_before_the_erp_got_it_is_never_sold(shop, prokip, work_after):
    order = take(shop, ORDER)
    prokip.fail("drop", match="POST /connector/api/sell", count=1)
    work(shop)
    take(shop, replace(ORDER, cancelled=True, version=ORDER.version + timedelta(minutes=1)))
    work_after(RETRY_AFTER[0])
    assert (row(order).status, invoices(prokip)) == ("ignored", [])


def test_what_is_cancelled_while_a_worker_takes_it_stops_no_other(shop, prokip, monkeypatch):
    order, other = take(shop, ORDER), take(shop, replace(ORDER, id="2", number="2"))

    def cancelled_then(taken, claim=working.claim):
        mine = claim(taken)
        if taken == order:
            take(shop, replace(ORDER, cancelled=True, version=ORDER.version + timedelta(minutes=1)))
            taken.refresh_from_db()
        return mine

    monkeypatch.setattr(working, "claim", cancelled_then)
    work(shop)
    assert (row(order).status, row(other).status) == ("ignored", "sent")


def test_two_shops_of_one_platform_have_numbers_of_their_own(shop, prokip):
    other = make_connection(owner=shop.owner, address="other.myshopify.com")
    for one in (shop, other):
        take(one, ORDER)
        work(one)
    assert invoices(prokip) == [f"SHOPIFY-1-{shop.pk}", f"SHOPIFY-1-{other.pk}"]


def test_while_another_worker_has_an_order_a_task_comes_back_when_its_lease_is_over(shop, prokip):
    order = take(shop, ORDER)
    assert claim(order)
    send_orders.enqueue(connection_id=shop.pk)
    run_tasks()
    assert invoices(prokip) == []
    again = DBTaskResult.objects.get(status="READY")
    assert again.run_after == row(order).claimed_until


def test_a_worker_looks_for_what_cannot_wait_after_a_moment(shop, prokip, monkeypatch):
    """A task that was enqueued anew stands behind all that is more urgent."""
    monkeypatch.setattr("storesync.sales.working.TURN", -1)
    take(shop, ORDER)
    send_orders.call(connection_id=shop.pk)
    [again] = DBTaskResult.objects.filter(task_path__endswith="send_orders")
    assert again.run_after <= timezone.now()
    monkeypatch.undo()
    run_tasks()
    assert invoices(prokip) == ["SHOPIFY-1"]


def test_while_another_worker_is_at_a_shop_no_task_comes_back_at_once(shop, prokip):
    first, second = take(shop, ORDER), take(shop, an_order("CABLE-C", number=2))
    assert claim(first)
    send_orders.call(connection_id=shop.pk)
    [again] = DBTaskResult.objects.filter(task_path__endswith="send_orders")
    assert (again.run_after, row(second).status) == (row(first).claimed_until, "waiting")


def test_news_that_comes_while_an_order_is_blocked_is_looked_at_at_once(shop, prokip, monkeypatch):
    order = take(shop, an_order("NO-SUCH-SKU"))

    def meanwhile(*args):
        monkeypatch.undo()
        take(shop, an_order("CABLE-C", version=ORDER.version + timedelta(minutes=1)))
        raise CannotBook((Problem("sku_unknown", "Not here."),))

    monkeypatch.setattr("storesync.sales.working.sell", meanwhile)
    work(shop)
    assert (row(order).status, row(order).problems, invoices(prokip)) == ("sent", [], ["SHOPIFY-1"])


def test_what_went_wrong_is_forgotten_once_it_is_right(shop, prokip, work_after):
    order = take(shop, ORDER)
    work(shop)
    take(shop, back(ORDER, 1, 0))
    prokip.fail("500", match="sell-return", count=1)
    work(shop)
    assert codes(order) == ["unreachable"]
    work_after(RETRY_AFTER[0])
    assert (codes(order), stock(prokip, "PHONE-A")) == ([], [19])


def test_a_total_that_is_not_ours_is_kept_with_the_order(shop, prokip, monkeypatch):
    order, sell = take(shop, ORDER), Prokip.sell
    monkeypatch.setattr(Prokip, "sell", lambda erp, body: replace(sell(erp, body), total=Decimal(3001)))
    work(shop)
    assert (row(order).status, codes(order)) == ("sent", ["total"])
    take(shop, back(ORDER, 1, 0))
    work(shop)
    assert codes(order) == ["total"]


# What the ERP has back already, by us or of itself


@pytest.fixture
def returned_at_the_till(shop, prokip):
    """Has the ERP itself take back so many pieces of each line of its only sale."""

    def give_back(*pieces):
        [sale] = prokip.state()["sells"]
        lines = zip(sale["sell_lines"], pieces, strict=True)
        told = [
            {"sell_line_id": line["id"], "quantity": n, "unit_price_inc_tax": line["unit_price_inc_tax"]}
            for line, n in lines
        ]
        Prokip.of(ErpConfig.objects.get()).give_back({"transaction_id": sale["id"], "products": told})

    return give_back


@pytest.mark.parametrize(("back_in_shop", "phones"), [(1, 18), (3, 18), (4, 19)])
def test_what_the_erp_took_back_itself_stays_back(shop, prokip, returned_at_the_till, back_in_shop, phones):
    """A return here and one there are of the same pieces, as far as they go."""
    sold = an_order(("PHONE-A", 5), "CABLE-C")
    order = take(shop, sold)
    work(shop)
    returned_at_the_till(3, 0)
    asked = len(prokip.calls())
    take(shop, back(sold, back_in_shop, 1))
    work(shop)
    assert (row(order).status, codes(order), stock(prokip, "PHONE-A", "CABLE-C")) == ("sent", [], [phones, 200])
    assert len(prokip.calls()) - asked == 3  # read, told, read


def test_what_the_erp_took_back_itself_is_not_told_again(shop, prokip, returned_at_the_till):
    order = take(shop, ORDER)
    work(shop)
    returned_at_the_till(2, 1)
    take(shop, later(cancelled=True))
    work(shop)
    assert (row(order).status, len(prokip.calls("POST /connector/api/sell-return"))) == ("returned", 1)


def test_an_order_that_is_opened_again_before_the_erp_heard_of_its_end_stays_sold(shop, prokip, work_after):
    order = take(shop, ORDER)
    work(shop)
    prokip.fail("500", match="sell-return", count=1)
    take(shop, later(cancelled=True))
    work(shop)
    take(shop, later(2))
    work_after(RETRY_AFTER[0])
    assert (row(order).status, codes(order), stock(prokip, "PHONE-A", "CABLE-C")) == ("sent", [], [18, 199])
    take(shop, back(ORDER, 1, 0, minute=3))
    work(shop)
    assert stock(prokip, "PHONE-A", "CABLE-C") == [19, 199]


def test_an_order_that_is_opened_again_after_the_erp_heard_of_its_end_waits_for_a_person(shop, prokip, work_after):
    order = take(shop, ORDER)
    work(shop)
    prokip.fail("drop after", match="sell-return", count=1)
    take(shop, later(cancelled=True))
    work(shop)
    take(shop, later(2))
    work_after(RETRY_AFTER[0])
    assert (row(order).status, codes(order), stock(prokip, "PHONE-A")) == ("blocked", ["reopened"], [20])
    assert reserved(ErpConfig.objects.get()) == {"PHONE-A": 2, "CABLE-C": 1}


def test_an_order_that_is_opened_again_while_it_is_returned_waits_for_a_person(shop, prokip, monkeypatch):
    order, give_back = take(shop, ORDER), Prokip.give_back
    work(shop)

    def meanwhile(erp, body):
        give_back(erp, body)
        take(shop, later(2))

    monkeypatch.setattr(Prokip, "give_back", meanwhile)
    take(shop, later(cancelled=True))
    work(shop)
    assert (row(order).status, codes(order), stock(prokip, "PHONE-A")) == ("blocked", ["reopened"], [20])


# What becomes of an order after its sale, or while nobody knows whether there is one


@pytest.fixture
def returned(shop, prokip):
    """An order of which all came back."""
    order = take(shop, ORDER)
    work(shop)
    take(shop, later(cancelled=True))
    work(shop)
    assert row(order).status == "returned"
    return order


def later(minute=1, **fields):
    """The order as it is so many minutes later."""
    return replace(ORDER, version=ORDER.version + timedelta(minutes=minute), **fields)


@pytest.mark.parametrize("is_tried_again", [False, True])
def test_an_order_that_is_opened_again_after_its_return_waits_for_a_person(shop, prokip, returned, is_tried_again):
    """The shop has sold its pieces, which no other shop may sell until that person has sold them in the ERP."""
    take(shop, later(2))
    work(shop)
    if is_tried_again:
        wake(StoreOrder.objects.all())
        work(shop)
    assert (row(returned).status, codes(returned), invoices(prokip)) == ("blocked", ["reopened"], ["SHOPIFY-1"])
    assert reserved(ErpConfig.objects.get()) == {"PHONE-A": 2, "CABLE-C": 1}
    StoreOrder.objects.update(dismissed_at=timezone.now())
    assert not reserved(ErpConfig.objects.get())


def test_an_order_that_is_cancelled_once_more_is_returned_as_it_was(shop, prokip, returned):
    take(shop, later(2, paid=False))
    assert (row(returned).status, row(returned).next_attempt_at) == ("blocked", None)
    take(shop, later(3, cancelled=True))
    work(shop)
    assert (row(returned).status, codes(returned), stock(prokip, "PHONE-A")) == ("returned", [], [20])


def test_an_order_that_was_sold_and_cannot_be_read_when_it_is_cancelled_is_returned(shop, prokip, work_after):
    order = take(shop, ORDER)
    prokip.fail("drop after", match="POST /connector/api/sell", count=1)
    work(shop)
    block(connection=shop, order_id=order.order_id, reason="No way.")
    assert row(order).status == "reserved"
    take(shop, later(cancelled=True))
    work_after(RETRY_AFTER[0])
    assert (row(order).status, invoices(prokip), stock(prokip, "PHONE-A")) == ("returned", ["SHOPIFY-1"], [20])


@pytest.mark.parametrize(("kind", "status", "sold"), [("drop after", "sent", 1), ("drop", "blocked", 0)])
def test_an_order_that_cannot_be_read_any_more_is_looked_for_in_the_erp(shop, prokip, kind, status, sold):
    """It is not sold as it was before."""
    order = take(shop, ORDER)
    prokip.fail(kind, match="POST /connector/api/sell", count=1)
    work(shop)
    block(connection=shop, order_id=order.order_id, reason="No way.")
    work(shop)
    assert (row(order).status, codes(order), len(invoices(prokip))) == (status, ["unreadable"], sold)
    take(shop, later())
    work(shop)
    assert (row(order).status, codes(order), invoices(prokip)) == ("sent", [], ["SHOPIFY-1"])


def test_an_order_that_was_due_and_cannot_be_read_any_more_is_not_sold(shop, prokip):
    order = take(shop, ORDER)
    block(connection=shop, order_id=order.order_id, reason="No way.")
    assert (work(shop), row(order).status) == (0, "blocked")
    wake(StoreOrder.objects.all())
    work(shop)
    assert (codes(order), invoices(prokip)) == (["unreadable"], [])


def test_what_cannot_be_read_is_told_once_and_stays_dismissed(shop):
    order = take(shop, ORDER)
    block(connection=shop, order_id=order.order_id, reason="No way.")
    StoreOrder.objects.update(dismissed_at=timezone.now())
    block(connection=shop, order_id=order.order_id, reason="No way.")
    assert row(order).dismissed_at
    block(connection=shop, order_id=order.order_id, reason="Not that, either.")
    assert row(order).dismissed_at is None


EDITS = {
    "more of a line": an_order(("PHONE-A", 3), "CABLE-C"),
    "another line": an_order(("PHONE-A", 2), "CABLE-C", "PHONE-B"),
    "a line less": an_order(("PHONE-A", 2), total=ORDER.total),
    "another sum": replace(ORDER, shipping=Decimal(100), total=ORDER.total + 100),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_order_that_is_changed_after_its_sale_waits_for_a_person(shop, prokip, edit):
    order = take(shop, ORDER)
    work(shop)
    take(shop, replace(EDITS[edit], version=ORDER.version + timedelta(minutes=1)))
    work(shop)
    assert (row(order).status, codes(order), invoices(prokip)) == ("sent", ["edited"], ["SHOPIFY-1"])
    take(shop, later(2))
    work(shop)
    assert codes(order) == []


def test_a_refund_that_cannot_be_told_from_others_waits_for_a_person(shop, prokip):
    order = take(shop, ORDER)
    work(shop)
    take(shop, later(problems=(Problem("refunds", "A refund is about a line that the order does not have."),)))
    work(shop)
    assert (row(order).status, codes(order)) == ("sent", ["refunds"])


# Dismissed


@pytest.fixture
def dismissed(shop, prokip):
    """A blocked order that a person dismissed, and may have sold in the ERP by hand."""
    order = take(shop, an_order("NO-SUCH-SKU"))
    work(shop)
    dismiss(user=shop.owner, trouble_id=f"order-{order.pk}")
    return order


@pytest.mark.parametrize(
    "news", [{"cancelled": True}, {"refunded": Decimal(10)}, {"paid": False}, {"lines": an_order("CABLE-C").lines}]
)
def test_news_of_a_dismissed_order_shows_it_again_and_sells_nothing(shop, prokip, dismissed, news):
    for _ in range(2):
        take(shop, an_order("NO-SUCH-SKU", minute=1, **news))
    assert work(shop) == 0
    assert (row(dismissed).dismissed_at, codes(dismissed)) == (None, ["sku_unknown", "changed"])
    assert row(dismissed).status == "blocked"


def test_a_change_that_is_none_of_ours_leaves_an_order_dismissed(shop, prokip, dismissed):
    take(shop, an_order("NO-SUCH-SKU", minute=1))
    assert (work(shop), codes(dismissed)) == (0, ["sku_unknown"])
    assert row(dismissed).dismissed_at


@pytest.mark.parametrize("is_unreadable", [False, True])
def test_a_dismissed_order_that_changed_is_sold_by_its_replay_alone(shop, prokip, dismissed, is_unreadable):
    if is_unreadable:
        block(connection=shop, order_id=dismissed.order_id, reason="No way.")
    take(shop, an_order("CABLE-C", minute=1))
    wake(StoreOrder.objects.all())
    assert (work(shop), invoices(prokip), codes(dismissed)[-1]) == (0, [], "changed")
    replay(user=shop.owner, trouble_id=f"order-{dismissed.pk}")
    work(shop)
    assert (codes(dismissed), invoices(prokip)) == ([], ["SHOPIFY-1"])


@pytest.fixture
def failing(shop, prokip, work_after):
    """An order that is tried again since the ERP did not answer."""
    order = take(shop, an_order("CABLE-C"))
    prokip.fail("500", count=1)
    work_after(timedelta(0))
    assert (row(order).status, codes(order)) == ("waiting", ["unreachable"])
    return order


def test_an_order_that_is_dismissed_while_it_is_tried_again_is_not_sold(shop, prokip, failing, work_after):
    dismiss(user=shop.owner, trouble_id=f"order-{failing.pk}")
    wake(StoreOrder.objects.all())
    work_after(timedelta(days=1))
    assert (row(failing).status, codes(failing), invoices(prokip)) == ("waiting", ["unreachable"], [])
    assert row(failing).dismissed_at


@pytest.mark.parametrize("step", ["working.work_at", "working.act", "selling.reserve"])
def test_an_order_that_is_dismissed_while_a_worker_has_it_is_not_sold(shop, failing, work_after, monkeypatch, step):
    goes_on = getattr(import_module(f"storesync.sales.{step.split('.')[0]}"), step.split(".")[1])

    def meanwhile(order, *args):
        dismiss(user=shop.owner, trouble_id=f"order-{failing.pk}")
        order.refresh_from_db()
        return goes_on(order, *args)

    monkeypatch.setattr(f"storesync.sales.{step}", meanwhile)
    work_after(RETRY_AFTER[0])
    assert (row(failing).status, codes(failing), ErpSale.objects.count()) == ("waiting", ["unreachable"], 0)
    assert row(failing).dismissed_at


@pytest.mark.parametrize(
    ("kind", "becomes"), [("drop after", ("sent", [], ["SHOPIFY-1"])), ("drop", ("blocked", ["settled"], []))]
)
def test_a_sale_that_is_dismissed_while_nobody_knows_of_it_is_looked_for(shop, prokip, work_after, kind, becomes):
    order = take(shop, an_order("CABLE-C"))
    prokip.fail(kind, match="/sell", count=1)
    work(shop)
    dismiss(user=shop.owner, trouble_id=f"order-{order.pk}")
    work_after(RETRY_AFTER[0])
    assert (row(order).status, codes(order), invoices(prokip)) == becomes


def test_what_comes_back_of_a_dismissed_sale_is_returned(shop, prokip):
    order = take(shop, ORDER)
    work(shop)
    StoreOrder.objects.update(dismissed_at=timezone.now(), is_oversold=True)
    take(shop, back(ORDER, 2, 1))
    work(shop)
    assert (row(order).status, row(order).dismissed_at, stock(prokip, "PHONE-A")) == ("returned", None, [20])


def test_an_oversale_that_was_dismissed_is_sold_and_its_pieces_are_held_until_then(shop, prokip):
    order = take(shop, ORDER)
    StoreOrder.objects.update(dismissed_at=timezone.now(), is_oversold=True)
    assert reserved(ErpConfig.objects.get()) == {"PHONE-A": 2, "CABLE-C": 1}
    prokip.fail("token")
    work(shop)
    assert (row(order).dismissed_at, codes(order)) == (None, ["credentials_refused"])


# --- Another ERP


@pytest.fixture
def replaced(shop, prokip, monkeypatch):
    """Connects the business with this number in the ERP instead of the present one."""

    def connect(business_id):
        monkeypatch.setattr(
            Prokip, "check", lambda erp: [ErpLocation(MAIN, "Main", business_id), ErpLocation(9, "Other", 7)]
        )
        connect_prokip(user=shop.owner, token=TOKEN, location_id=MAIN, currency="NGN")

    return connect


def test_a_return_goes_to_the_erp_that_booked_the_sale_or_waits_for_a_person(shop, prokip, replaced):
    order = take(shop, ORDER)
    work(shop)
    replaced(2)
    take(shop, replace(ORDER, version=ORDER.version + timedelta(minutes=1)))  # nothing came back: nothing is wrong
    work(shop)
    assert (row(order).status, row(order).problems) == ("sent", [])
    take(shop, back(ORDER, 1, 0, minute=2))
    work(shop)
    assert (row(order).status, codes(order), prokip.calls("POST /connector/api/sell-return")) == (
        "sent",
        ["other_erp"],
        [],
    )
    [trouble] = hub_client(shop.owner).get("sync/errors").json()
    assert (trouble["kind"], "api.prokip.africa 1" in trouble["message"]) == ("blocked", True)
    replaced(1)
    run_tasks()
    assert (row(order).problems, len(prokip.calls("POST /connector/api/sell-return"))) == ([], 1)


def test_a_sale_that_one_erp_may_have_is_not_sold_to_another(shop, prokip, replaced):
    prokip.fail("drop after", match="POST", count=1)
    order = take(shop, ORDER)
    work(shop)
    replaced(2)
    run_tasks()
    assert (codes(order), invoices(prokip)) == (["other_erp"], ["SHOPIFY-1"])
    replaced(1)
    run_tasks()
    assert (row(order).status, invoices(prokip)) == ("sent", ["SHOPIFY-1"])
