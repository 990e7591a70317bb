"""How much may be asked of a shop now, counted in one row for all workers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from storesync import wire
from storesync.connectors import budget
from storesync.connectors.budget import Meter, Rate
from storesync.models import CallBudget
from storesync.tests.factories import make_connection

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-03-01T12:00:00Z")]

RATE = Rate(most=100, a_second=10)


@pytest.fixture
def shop():
    return make_connection()


def left():
    return CallBudget.objects.get().left


def told(shop, value, *, most=100, a_second=10, spared=0):
    budget.learn(shop, left=Decimal(value), most=Decimal(most), a_second=Decimal(a_second), spared=spared)


def test_a_bucket_gives_what_is_in_it_and_then_says_how_long(shop, clock):
    assert [budget.take(shop, 60, RATE), budget.take(shop, 60, RATE)] == [0, 2]
    clock.shift(1)
    assert budget.take(shop, 60, RATE) == 1
    clock.shift(1)
    assert (budget.take(shop, 60, RATE), left()) == (0, 0)


def test_a_bucket_does_not_run_over(shop, clock):
    budget.take(shop, 50, RATE)
    clock.shift(3600)
    budget.take(shop, 1, RATE)
    assert left() == 99


def test_what_costs_more_than_all_takes_all(shop):
    assert (budget.take(shop, 500, RATE), left()) == (0, 0)


def test_what_a_call_did_not_cost_comes_back(shop):
    budget.take(shop, 60, RATE)
    told(shop, 95, spared=50)
    assert left() == 90


def test_where_the_shop_counts_less_the_shop_is_right(shop):
    told_low = 5
    budget.take(shop, 60, RATE)
    told(shop, told_low)
    assert left() == told_low


def test_what_another_worker_took_is_not_given_back(shop):
    """Its call is under way, and the shop does not know of it yet."""
    budget.take(shop, 30, RATE)
    budget.take(shop, 30, RATE)
    told(shop, 100, spared=20)
    assert left() == 60


def test_a_larger_bucket_is_believed_at_once(shop, clock):
    budget.take(shop, 60, RATE)
    told(shop, 1900, most=2000, a_second=100)
    assert left() == 1900
    clock.shift(0.5)
    assert (budget.take(shop, 1950, RATE), left()) == (0, 0)


def test_a_closed_shop_is_asked_nothing(shop, clock):
    budget.take(shop, 1, RATE)
    budget.close(shop, 30)
    assert budget.take(shop, 1, RATE) == 30
    clock.shift(30)
    assert budget.take(shop, 1, RATE) == 0


def test_each_shop_has_a_bucket_of_its_own(shop):
    budget.take(shop, 100, RATE)
    assert budget.take(make_connection(), 100, RATE) == 0


def test_a_call_that_is_put_off_again_and_again_is_given_up(shop, monkeypatch):
    monkeypatch.setattr(budget, "close", lambda connection, seconds: None)
    meter = Meter(shop, RATE)

    def put_off():
        raise wire.Throttled(retry_after=7)

    with pytest.raises(wire.Throttled) as given_up:
        meter.call(put_off)
    assert (meter.calls, meter.throttled, given_up.value.retry_after) == (3, 3, 7)


def test_a_turn_that_does_not_come_in_time_is_no_call(shop):
    meter = Meter(shop, RATE, patience=5)
    budget.close(shop, 30)
    budget.take(shop, 1, RATE)
    CallBudget.objects.update(closed_until=CallBudget.objects.get().counted_at + timedelta(seconds=30))
    with pytest.raises(wire.Throttled) as put_off:
        meter.call(lambda: pytest.fail("nothing is called"))
    assert (meter.calls, put_off.value.retry_after) == (0, 31)
