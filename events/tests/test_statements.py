"""What is owed to organizers, and what they are paid."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.tests.factories import AdminFactory, ManagerFactory
from core.errors import InvalidInput, PermissionRefused
from core.testing.kills import kill_at
from core.testing.races import race
from events.accounts import TicketAccount
from events.models import Payout
from events.money import statements
from events.money.payouts import PayoutRepeated, PayoutTooLarge, PayoutTooSoon, record_payout
from events.signals import payout_made
from events.tests.books import over, refund, sell
from events.tests.factories import make_event
from payments.ledger import Account, balance
from payments.models import LedgerEntry

pytestmark = pytest.mark.django_db

EARLY = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def event():
    """Over since ten days, with a plain and a dear ticket: their fees are 245 and 680."""
    return make_event({"name": "plain", "price": "5000"}, {"name": "dear", "price": "20000"}, **over())


def pay_out(event, amount="100", reference="GTB-1", by=None):
    return record_payout(event=event, amount=Decimal(amount), bank_reference=reference, by=by or AdminFactory())


def test_gross_less_fees_refunds_and_payouts_is_the_balance(event):
    order = sell(event, plain=2, dear=1)
    sell(event, plain=1)
    refund(order.tickets.filter(ticket_type__name="plain").first())
    sell(make_event({"name": "plain"}, organizer=event.organizer), plain=7)
    pay_out(event, "1000.50")
    amounts = statements.statement_of(event).total.amounts
    assert amounts == {
        "gross": Decimal(35000),
        "fees": Decimal(1170),
        "refunds": Decimal(5000),
        "paid_out": Decimal("1000.50"),
        "net": Decimal(28830),
        "balance": Decimal("27829.50"),
    }
    assert statements.balance_of(event) == 2782950


def test_days_are_those_of_lagos_and_sum_to_the_whole(event):
    """23:30 in Lagos is 22:30 UTC; half past midnight there is still the day before in UTC."""
    for hour, minute in ((22, 30), (23, 30)):
        sell(event, plain=1, at=datetime(2026, 5, 1, hour, minute, tzinfo=UTC))
    statement = statements.statement_of(event)
    assert {day.isoformat(): one.gross for day, one in statement.days.items()} == {
        "2026-05-01": 500000,
        "2026-05-02": 500000,
    }
    assert statement.total.gross == 1000000


def test_statements_of_an_organizer(event):
    other = make_event({"name": "plain"}, organizer=event.organizer)
    sell(event, plain=1)
    sell(other, plain=2)
    sell(make_event({"name": "plain"}), plain=4)
    found = statements.by_event(event__organizer=event.organizer)
    assert {pk: one.net for pk, one in found.items()} == {event.pk: 475500, other.pk: 951000}


def test_free_tickets_owe_nothing():
    free = make_event({"name": "free", "price": "0"}, **over())
    sell(free, free=3)
    assert statements.statement_of(free).total == statements.Statement()


def test_payout_is_booked_and_told(event):
    told = []
    payout_made.connect(lambda payout, **_: told.append(payout), weak=False, dispatch_uid="told")
    sell(event, plain=1)
    made = pay_out(event, "4755", " GTB-9 ")
    payout_made.disconnect(dispatch_uid="told")
    assert (made.bank_reference, made.amount, made.organizer) == ("GTB-9", Decimal(4755), event.organizer)
    assert told == [made]
    assert balance(Account.BANK, currency="NGN") == -475500
    assert balance(TicketAccount.OWED_TO_ORGANIZERS, currency="NGN") == 0


def test_only_admins_pay_out(event):
    sell(event, plain=1)
    with pytest.raises(PermissionRefused):
        pay_out(event, by=ManagerFactory())
    assert not Payout.objects.exists()


def test_never_above_the_balance(event):
    order = sell(event, plain=2)
    refund(order.tickets.first())
    with pytest.raises(PayoutTooLarge):
        pay_out(event, "4755.01")
    pay_out(event, "4755")
    with pytest.raises(PayoutTooLarge):
        pay_out(event, "0.01", "GTB-2")


def test_money_of_another_event_does_not_count(event):
    sell(make_event({"name": "plain"}, organizer=event.organizer), plain=1)
    with pytest.raises(PayoutTooLarge):
        pay_out(event)


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1e30"])
def test_nonsense_is_no_amount(event, amount):
    sell(event, plain=1)
    with pytest.raises(InvalidInput):
        pay_out(event, amount)


@pytest.mark.parametrize("reference", ["", "  ", "x" * 101])
def test_reference_is_needed(event, reference):
    with pytest.raises(InvalidInput):
        pay_out(event, reference=reference)


def test_reference_is_good_once(event):
    sell(event, plain=1)
    pay_out(event, "10")
    with pytest.raises(PayoutRepeated):
        pay_out(event, "10")
    assert statements.statement_of(event).total.paid_out == 1000


@pytest.mark.parametrize(
    ("ends_at", "first_day"),
    [
        (datetime(2026, 5, 4, 20, tzinfo=UTC), "2026-05-06"),  # a Monday
        (datetime(2026, 5, 8, 20, tzinfo=UTC), "2026-05-12"),  # a Friday
        (datetime(2026, 5, 8, 23, 30, tzinfo=UTC), "2026-05-12"),  # a Saturday in Lagos
    ],
)
def test_not_before_working_days_are_over(clock, ends_at, first_day):
    """Two of them; the day begins in Lagos an hour before it does in UTC."""
    event = make_event({"name": "plain"}, starts_at=ends_at - timedelta(hours=2), ends_at=ends_at)
    sell(event, plain=1, at=EARLY)
    begins = datetime.fromisoformat(f"{first_day}T00:00+01:00")
    clock.move_to(begins - timedelta(minutes=1))
    with pytest.raises(PayoutTooSoon):
        pay_out(event)
    clock.move_to(begins)
    pay_out(event)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_payouts_of_one_balance(event):
    """Each asks for all of it, with a reference of its own."""
    sell(event, plain=1)
    admin = AdminFactory()
    results = race([lambda n=n: pay_out(event, "4755", f"GTB-{n}", admin) for n in range(4)])
    assert sorted(type(one).__name__ for one in results) == ["Payout", *["PayoutTooLarge"] * 3]
    assert statements.statement_of(event).total.balance == 0


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_one_reference_for_two_events_at_once(event):
    other = make_event({"name": "plain"}, **over())
    for one in (event, other):
        sell(one, plain=1)
    admin = AdminFactory()
    results = race([lambda one=one: pay_out(one, "10", by=admin) for one in (event, other)])
    assert sorted(type(one).__name__ for one in results) == ["Payout", "PayoutRepeated"]
    assert LedgerEntry.objects.filter(kind="ticket_payout").count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["write_payout", "book", "Payout.objects.create", "payout_made.send"])
def test_killed_while_it_pays_out(event, step, when):
    """Whoever was not told enters it again: it is there once, whole."""
    sell(event, plain=1)
    admin = AdminFactory()
    kill_at(f"events.money.payouts.{step}", when, lambda: pay_out(event, "4755", by=admin))
    is_written = (step, when) == ("write_payout", "after")
    booked = LedgerEntry.objects.filter(kind="ticket_payout")
    assert Payout.objects.count() == booked.count() == is_written
    with pytest.raises(PayoutRepeated) if is_written else nullcontext():
        pay_out(event, "4755", by=admin)
    assert Payout.objects.count() == booked.count() == 1
    assert statements.statement_of(event).total.balance == 0
