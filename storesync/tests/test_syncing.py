"""Runs of the sync: what they pull, look after and take up, whoever starts them and however many at once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core.clock.models import ChoreRun, Lease
from core.testing.kills import kill_at
from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync import hooks, syncing
from storesync.mock.prokip.store import TOKEN
from storesync.models import Connection, ErpConfig, ErpItem, SkuMapping, StockCache, StoreOrder, SyncRun, TraceEvent
from storesync.tests.clients import HubClient, hub_client, refusal
from storesync.tests.factories import make_connection, make_erp
from storesync.tests.sales import invoices
from storesync.tests.shops import shopify_shop, woo_shop

__all__ = ["shopify_shop", "woo_shop"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops(shopify_shop, woo_shop, prokip):
    """A shop of each platform, both of one owner with an ERP."""
    owner = shopify_shop.connection.owner
    Connection.objects.update(owner=owner)
    make_erp(owner, token=TOKEN, currency="NGN")
    return list(Connection.objects.order_by("pk"))


@pytest.fixture
def hub(shops):
    return hub_client(shops[0].owner)


@pytest.fixture
def heard(shops, shopify, woo, monkeypatch):
    """The webhooks that left both shops, while no pull finds an order."""
    monkeypatch.setattr(syncing, "pull", lambda *_: None)
    for shop in shops:
        hooks.make_hooks.call(connection_id=shop.pk)
    return woo.sent  # whoever listens last hears all


def sync(*arguments):
    call_command("sync_stores", *arguments, verbosity=0)


def runs():
    return list(SyncRun.objects.order_by("pk").values_list("connection", "errors", "error"))


def test_a_run_pulls_orders_and_makes_webhooks_and_notes_its_figures(shops, shopify, woo, prokip):
    shopify.sell("CABLE-C")
    woo.sell("CABLE-C")
    sync()
    run_tasks()
    assert len(invoices(prokip)) == 2
    assert runs() == [(shop.pk, 0, "") for shop in shops]
    assert all(run.calls and run.finished_at for run in SyncRun.objects.all())
    assert len(shopify.state()["hooks"]) == 5 and len(woo.state()["hooks"]) == 3
    assert set(Connection.objects.values_list("last_sync_at", flat=True)) == set(
        SyncRun.objects.values_list("finished_at", flat=True)
    )


def test_one_shop_may_be_named(shops, hub):
    sync("--connection", str(shops[1].pk))
    assert [shop for shop, *_ in runs()] == [shops[1].pk]


def test_a_shop_that_does_not_answer_stops_no_other(shops, shopify, woo, prokip):
    shopify.fail("500")
    woo.sell("CABLE-C")
    sync()
    run_tasks()
    first, second = runs()
    assert first[1] > 0 and "does not answer" in first[2]
    assert second[1:] == (0, "")
    assert len(invoices(prokip)) == 1
    assert Connection.objects.get(pk=shops[0].pk).last_sync_at is None


@pytest.mark.parametrize("slow", ["prokip", "shops"])
def test_a_slow_shop_or_erp_does_not_keep_the_others(shops, prokip, monkeypatch, slow):
    monkeypatch.setattr(syncing, "LONGEST", -1)
    if slow == "shops":
        monkeypatch.setattr(syncing, "read_stock_of", lambda owner_id: "")
    sync()
    assert all(run.finished_at and run.errors for run in SyncRun.objects.all()) and SyncRun.objects.exists()
    assert not prokip.state()["calls"]


def test_a_mistake_of_ours_in_one_shop_stops_no_other(shops, monkeypatch):
    def fail(shop, *_):
        assert shop.pk != shops[0].pk

    monkeypatch.setattr(syncing, "pull", fail)
    sync()
    assert [errors for _, errors, _ in runs()] == [1, 0]


def test_a_shop_that_refuses_us_is_broken_and_not_asked_again(shops, shopify, woo, prokip):
    shopify.fail("token")
    sync()
    shop = Connection.objects.get(pk=shops[0].pk)
    assert (shop.status, runs()[0][1]) == ("broken", 1)
    asked = len(shopify.calls())
    sync()
    hub_client(shop.owner).post("sync/pull-orders")
    hub_client(shop.owner).post("sync")
    run_tasks()
    assert len(shopify.calls()) == asked
    assert Connection.objects.get(pk=shops[1].pk).status == "active"


def test_new_credentials_that_come_while_the_old_are_refused_break_nothing(shops):
    Connection.objects.filter(pk=shops[0].pk).update(credentials="{}")
    shops[0].break_off(note="It refused.")
    assert Connection.objects.get(pk=shops[0].pk).status == "active"


def test_a_shop_that_was_disconnected_meanwhile_stays_so(shops):
    Connection.objects.get(pk=shops[0].pk).move_to("removed")
    shops[0].break_off(note="It refused.")
    assert Connection.objects.get(pk=shops[0].pk).status == "removed"


def test_an_erp_that_refuses_us_is_asked_once(shops, prokip):
    prokip.fail("token")
    sync()
    erp = ErpConfig.objects.get()
    assert erp.refused_at
    assert [error for *_, error in runs()] == [syncing.ERP_REFUSED] * 2
    asked = len(prokip.calls())
    sync()
    assert len(prokip.calls()) == asked


def test_a_new_token_that_comes_while_the_old_is_refused_stays(shops):
    erp = ErpConfig.objects.get()
    ErpConfig.objects.update(token="another")
    erp.refuse()
    assert ErpConfig.objects.get().refused_at is None


def test_the_erp_is_read_once_for_all_shops_of_its_owner(shops, prokip):
    sync()
    assert len(prokip.calls("GET /connector/api/product")) == 1


def test_a_paused_shop_is_only_pulled(shops, shopify, prokip):
    Connection.objects.get(pk=shops[0].pk).move_to("paused")
    shopify.sell("CABLE-C")
    sync()
    run_tasks()
    assert (StoreOrder.objects.get().status, invoices(prokip)) == ("waiting", [])


def test_the_shops_get_the_erps_stock(shops, shopify, woo, prokip):
    prokip.set_stock("CABLE-C", 7)
    sync()
    assert [stand_in.state()["stock"]["CABLE-C"] for stand_in in (shopify, woo)] == [7, 7]
    assert all(run.read and run.written for run in SyncRun.objects.all())
    SyncRun.objects.all().delete()
    sync()
    assert {run.written for run in SyncRun.objects.all()} == {0}


def test_what_a_shop_sold_is_not_given_back_to_it_where_its_orders_cannot_be_pulled(shops, woo, prokip):
    prokip.set_stock("CABLE-C", 7)
    sync()
    woo.sell("CABLE-C")
    woo.fail("500", match="orders")
    sync()
    assert woo.state()["stock"]["CABLE-C"] == 6


def test_a_rehearsal_prints_what_would_be_written_and_writes_nothing(shops, shopify, woo, prokip, capsys):
    prokip.set_stock("CABLE-C", 7)
    tables = [ErpItem, SkuMapping, StockCache, SyncRun, StoreOrder, TraceEvent, ChoreRun]
    sync("--dry-run")
    assert [table.objects.count() for table in tables] == [0] * len(tables)
    assert ErpConfig.objects.get().read_at is None
    lines = [line for line in capsys.readouterr().out.splitlines() if "CABLE-C:" in line or "CABLE-C at" in line]
    assert len(lines) == 2 and all(line.endswith(" to 7 (erp)") for line in lines)
    assert "PUT" not in str(woo.calls()) and woo.state()["stock"]["CABLE-C"] != 7
    sync()
    capsys.readouterr()
    sync("--dry-run")
    assert capsys.readouterr().out == ""


def test_differences_are_priced_and_kept(shops, shopify, woo, prokip, capsys):
    sync()
    call_command("check_stores", verbosity=0)
    assert set(Connection.objects.values_list("drift_count", "drift_value")) == {(0, 0)}
    seen = shopify.state()["stock"]["CABLE-C"]
    price = ErpItem.objects.get(sku="CABLE-C").price
    shopify.set_stock("CABLE-C", seen - 2)
    with pytest.raises(CommandError, match=f"1 differences, {2 * price:.2f} at risk"):
        call_command("check_stores", verbosity=0)
    assert f"wanted {seen} (erp), there {seen - 2}, last seen {seen}: {2 * price:.2f}" in capsys.readouterr().out
    assert list(Connection.objects.order_by("pk").values_list("drift_count", "drift_value")) == [
        (1, 2 * price), (0, 0),
    ]  # fmt: skip
    assert "at risk" in ChoreRun.objects.get(name="check_stores").message


def test_a_shop_that_does_not_answer_is_a_difference_that_nobody_knows(shops, shopify, capsys):
    sync()
    shopify.fail("500")
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_stores", verbosity=0)
    assert "does not answer" in capsys.readouterr().out


# --- What a lost worker left


def test_webhooks_and_orders_whose_task_was_lost_are_taken_up(running_clock, shops, heard, shopify, prokip):
    shopify.sell("CABLE-C")
    shopify.settle()
    for webhook in heard:
        assert webhook.deliver(HubClient()).status_code == 200
    sold = []
    for _ in range(3):
        DBTaskResult.objects.all().delete()
        sync()
        sold.append((StoreOrder.objects.count(), len(invoices(prokip))))
        running_clock.shift(syncing.PATIENCE + timedelta(seconds=10))
    assert sold == [(0, 0), (1, 0), (1, 1)]  # at first a worker may be about to


# --- What a user asks for


def test_a_run_is_asked_for_and_waiting_orders_are_tried_at_once(shops, shopify, hub, prokip):
    prokip.fail("500", match="sell")
    shopify.sell("CABLE-C")
    sync()
    run_tasks()
    prokip.heal()
    SyncRun.objects.all().delete()
    assert hub.post("sync").json() == {"message": "Sync initiated for all stores"}
    run_tasks()
    assert len(invoices(prokip)) == 1
    assert [shop for shop, *_ in runs()] == [shop.pk for shop in shops]


def test_asked_again_while_a_run_goes_on_one_more_follows(running_clock, shops, hub):
    """However often it was asked meanwhile."""
    owner = shops[0].owner_id
    turn = syncing.Turn(owner)
    assert turn.take()
    for _ in range(3):
        assert hub.post("sync").status_code == 200
    run_tasks()
    assert runs() == []
    turn.end()
    running_clock.shift(syncing.AGAIN_AFTER)
    run_tasks()
    assert len(runs()) == len(shops)
    assert not DBTaskResult.objects.filter(status="READY").exists()


def test_the_turn_of_a_process_that_died_ends(running_clock, shops):
    assert syncing.Turn(shops[0].owner_id).take()
    sync()
    assert runs() == []
    running_clock.shift(syncing.LEASE)
    sync()
    assert len(runs()) == len(shops)
    assert Lease.objects.get(name=f"sync:{shops[0].owner_id}").expires_at <= timezone.now()


def test_a_run_that_lost_its_turn_to_another_process_says_so(shops, monkeypatch):
    """It is no success: the steps that are left are the other's."""
    pull = syncing.pull

    def slow(shop, *more):
        pull(shop, *more)
        Lease.objects.update(owner="another")

    monkeypatch.setattr(syncing, "pull", slow)
    sync()
    assert runs() == [(shop.pk, 1, syncing.TOOK_TOO_LONG) for shop in shops]
    assert not Connection.objects.exclude(last_sync_at=None).exists()


def test_another_owners_shops_are_not_run_over(shops, hub):
    make_connection(credentials='{"access_token": "x"}', address="other.myshopify.com")
    hub.post("sync")
    run_tasks()
    assert {shop for shop, *_ in runs()} == {shop.pk for shop in shops}


def test_pulling_counts_what_was_not_known(shops, shopify, woo, hub, prokip):
    shopify.sell("CABLE-C")
    woo.sell("CABLE-C")
    answers = [hub.post("sync/pull-orders").json() for _ in range(2)]
    assert answers == [{"message": "Orders pulled successfully", "count": count} for count in (2, 0)]
    run_tasks()
    assert len(invoices(prokip)) == 2


def test_what_is_not_pulled_in_time_is_pulled_by_a_worker(shops, shopify, woo, hub, monkeypatch):
    monkeypatch.setattr(syncing, "WHILE_WAITED_FOR", -1)
    shopify.sell("CABLE-C")
    assert hub.post("sync/pull-orders").json()["count"] == 0
    assert shopify.calls("POST /admin/api") == []
    run_tasks()
    assert StoreOrder.objects.count() == 1


def test_runs_are_listed_with_their_figures(shops, hub):
    sync()
    make_run = SyncRun.objects.create
    make_run(connection=make_connection(), started_at=timezone.now())
    listed = hub.get("sync/runs").json()
    assert [run["connectionId"] for run in listed] == [shop.pk for shop in reversed(shops)]
    assert {"started", "finished", "read", "written", "calls", "throttled", "errors"} <= set(listed[0])


def test_a_run_that_goes_on_says_what_it_is_at(shops, monkeypatch):
    """Saved at each step, and within it now and then."""
    monkeypatch.setattr(syncing, "SAVED_EVERY", 0)
    save, said = SyncRun.save, []

    def saved(run, *args, **kwargs):
        save(run, *args, **kwargs)
        said.append(SyncRun.objects.get(pk=run.pk).progress)

    monkeypatch.setattr(SyncRun, "save", saved)
    sync()
    mine = list(dict.fromkeys(said))
    steps = ["Begins", "Reads the stock", "Pulls orders", "Writes the stock", "Looks after the webhooks"]
    assert [each for each in mine if ":" not in each] == steps
    counted = [each for each in mine if ":" in each]
    assert {each.partition(":")[0] for each in counted} == {"Reads the stock", "Writes the stock"}
    assert all(int(done) <= int(total) for done, _, total in (each.split()[-3:] for each in counted))
    assert set(SyncRun.objects.values_list("step", "done", "total")) == {("", 0, 0)}


def test_what_a_run_has_come_to_is_saved_seldom(shops, monkeypatch):
    monkeypatch.setattr(syncing, "SAVED_EVERY", 3600)
    saves = []
    save = SyncRun.save
    monkeypatch.setattr(
        SyncRun, "save", lambda run, *args, **kwargs: (saves.append(run.pk), save(run, *args, **kwargs))
    )
    sync()
    assert max(saves.count(pk) for pk in set(saves)) <= 8  # made, four steps, two of a pull, the end


@pytest.mark.parametrize("rows", [1, 3])
def test_runs_take_two_queries(hub, shops, django_assert_num_queries, rows):
    for _ in range(rows):
        SyncRun.objects.create(connection=shops[0], started_at=timezone.now())
    with django_assert_num_queries(2):
        assert len(hub.get("sync/runs").json()) == rows


@pytest.mark.parametrize("path", ["sync", "sync/pull-orders"])
def test_a_token_is_asked_for(stranger, path):
    assert refusal(stranger.post(path)) == (401, "No token provided")


# --- Several at once, and killed


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_share_the_owners(shops, shopify, woo, prokip):
    owner = make_connection(address="https://shop.example.com", platform="woocommerce").owner
    Connection.objects.filter(pk=shops[1].pk).update(owner=owner, address="https://other.example.com")
    Connection.objects.filter(owner=owner, address="https://shop.example.com").delete()
    make_erp(owner, token=TOKEN, currency="NGN")
    shopify.sell("CABLE-C")
    woo.sell("CABLE-C")
    race([lambda: list(syncing.sync(syncing.callable_shops())) for _ in range(2)])
    run_tasks()
    assert len(invoices(prokip)) == 2
    assert len(shopify.state()["hooks"]) == 5 and len(woo.state()["hooks"]) == 3


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_over_one_owner_are_one(shops, shopify, prokip):
    for _ in range(3):
        shopify.sell("CABLE-C")
    race([lambda: list(syncing.sync(syncing.callable_shops())) for _ in range(3)])
    run_tasks()
    assert len(invoices(prokip)) == 3
    assert len(shopify.state()["hooks"]) == 5


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["storesync.syncing.pull", "storesync.syncing.ShopRun.finish"])
def test_killed_within_a_run(running_clock, shops, shopify, prokip, step):
    shopify.sell("CABLE-C")
    kill_at(step, "before", sync)
    running_clock.shift(syncing.LEASE)
    sync()
    run_tasks()
    assert len(invoices(prokip)) == 1
    assert [error for *_, error in runs()] == [syncing.DIED, "", ""]
    assert not SyncRun.objects.filter(finished_at=None).exists()
