"""The figures of sales: summed days and the days since are one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.testing.races import race
from events.days import LAGOS
from events.models import Sales, SalesDay
from events.money import summing
from events.money.figures import SalesFigures
from events.money.summing import Figures, differences, sum_day, sum_days
from events.tests.books import refund, sell
from events.tests.factories import make_event

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def event(clock):
    clock.move_to(datetime(2026, 6, 20, 12, tzinfo=UTC))
    return make_event({"name": "plain", "price": "5000"}, {"name": "dear", "price": "20000"})


@pytest.fixture
def sold(event):
    """An order of both types ten days ago, of which a ticket went back five days ago, and one of today."""
    now = timezone.now()
    old = sell(event, plain=2, dear=1, at=now - 10 * DAY)
    refund(old.tickets.get(ticket_type__name="dear"), at=now - 5 * DAY)
    sell(event, plain=1)
    return event


def all_of(event, **days):
    figures = SalesFigures(event=event, **days)
    return figures.by("day"), figures.by("event"), figures.by("ticket_type"), figures.total()


def test_figures(sold):
    days, events, kinds, total = all_of(sold)
    plain, dear = sold.ticket_types.order_by("pk")
    assert total == Figures(3, 2, 4, Decimal(35000), Decimal(735), Decimal(20000))
    assert events == {sold.pk: total}
    assert kinds == {
        plain.pk: Figures(2, 2, 3, Decimal(15000), Decimal(735)),
        dear.pk: Figures(1, 0, 1, Decimal(20000), Decimal(0), Decimal(20000)),
    }
    assert days == {
        date(2026, 6, 10): Figures(2, 1, 3, Decimal(30000), Decimal(1170)),
        date(2026, 6, 15): Figures(fees=Decimal(-680), refunds=Decimal(20000)),
        date(2026, 6, 20): Figures(1, 1, 1, Decimal(5000), Decimal(245)),
    }


def test_summed_days_and_the_days_since_are_the_same_figures(sold):
    before = all_of(sold)
    assert sum_days(now=timezone.now()) == 10
    assert Sales.objects.count() == 3
    assert all_of(sold) == before
    assert not list(differences())


def test_summed_days_are_not_read_again(sold, django_assert_num_queries):
    sum_days(now=timezone.now())
    Sales.objects.filter(day=date(2026, 6, 10)).update(tickets=100)
    figures = SalesFigures(event=sold)
    with django_assert_num_queries(4):
        assert figures.total().tickets == 201


@pytest.mark.parametrize(
    ("period", "wanted"),
    [
        (("06-10", "06-10"), (3, 0)),
        (("06-11", "06-14"), (0, 0)),
        (("06-15", "06-20"), (1, 20000)),
        (("06-01", "06-09"), (0, 0)),
    ],
)
@pytest.mark.parametrize("summed", [False, True])
def test_days_of_a_period(sold, period, wanted, summed):
    if summed:
        sum_days(now=timezone.now())
    first, last = (date.fromisoformat(f"2026-{day}") for day in period)
    total = SalesFigures(event=sold, first=first, last=last).total()
    assert (total.tickets, total.refunds) == wanted


def test_other_events_are_left_out(sold):
    other = make_event({"name": "plain"})
    sell(other, plain=1, at=timezone.now() - 10 * DAY)
    sum_days(now=timezone.now())
    assert SalesFigures(event=sold).total().tickets == 4
    assert SalesFigures(event__in=[sold, other]).total().tickets == 5


def test_days_begin_in_lagos(event, clock):
    at = datetime(2026, 6, 18, 23, 30, tzinfo=UTC)
    sell(event, plain=1, at=at)
    assert list(SalesFigures(event=event).by("day")) == [date(2026, 6, 19)]
    sum_days(now=timezone.now())
    assert list(SalesFigures(event=event).by("day")) == [date(2026, 6, 19)]


def test_lagos_is_an_hour_ahead_all_year():
    offsets = {(datetime(2020, 1, 1, tzinfo=UTC) + DAY * n).astimezone(LAGOS).utcoffset() for n in range(3650)}
    assert offsets == {timedelta(hours=1)}


def test_free_tickets_are_counted():
    free = make_event({"name": "free", "price": "0"})
    sell(free, free=3)
    assert SalesFigures(event=free).total() == Figures(orders=1, first_orders=1, tickets=3)
    assert not list(differences())


def test_money_that_went_back_for_no_ticket_is_shared_by_what_was_ordered(event):
    order = sell(event, plain=1, dear=1)
    made = refund(*order.tickets.all())
    order.tickets.update(refund=None)
    kinds = SalesFigures(event=event).by("ticket_type")
    assert sum(one.refunds for one in kinds.values()) == made.amount == Decimal(25000)


def test_what_comes_late_is_summed_with_the_next_days(sold, clock):
    sum_days(now=timezone.now())
    sell(sold, plain=1, at=timezone.now() - DAY)
    assert SalesFigures(event=sold).total().tickets == 4
    clock.move_to(timezone.now() + DAY)
    sum_days(now=timezone.now())
    assert SalesFigures(event=sold).total().tickets == 5


def test_a_day_is_summed_ten_minutes_after_its_end(sold, clock):
    clock.move_to(datetime(2026, 6, 20, 23, 9, tzinfo=UTC))
    sum_days(now=timezone.now())
    assert summing.last_summed() == date(2026, 6, 19)
    clock.move_to(datetime(2026, 6, 20, 23, 10, tzinfo=UTC))
    sum_days(now=timezone.now())
    assert summing.last_summed() == date(2026, 6, 20)


def test_differences_name_what_drifted(sold):
    sum_days(now=timezone.now())
    Sales.objects.filter(tickets=2).update(gross=1)
    sold.orders.last().lines.update(fee=0)
    found = list(differences())
    kind = sold.ticket_types.order_by("pk").first()
    assert (
        found[0] == f"event:{sold.pk}: the sums of ticket type {kind.pk} on 2026-06-10 are not those of its tickets"
    )
    assert "its tickets brought" in found[-1]


def test_command_sums_again(sold):
    call_command("sum_sales", stdout=StringIO())
    Sales.objects.update(gross=1)
    said = StringIO()
    call_command("sum_sales", since=date(2026, 6, 10), stdout=said)
    assert said.getvalue() == "days summed: 10\n"
    assert not list(differences())


def test_nothing_sold_is_nothing_to_sum():
    assert sum_days(now=timezone.now()) == 0
    assert SalesFigures(event=1).total() == Figures()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_day_summed_by_four_at_once(sold):
    results = race([lambda: sum_day(date(2026, 6, 10))] * 4)
    assert results == [None] * 4
    assert (SalesDay.objects.count(), Sales.objects.count()) == (1, 2)
