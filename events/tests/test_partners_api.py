"""The calls of partners, as the contract writes them."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.factories import AdminFactory, UserFactory
from core.documents.sheets import shown
from core.testing.pdf import pdf_text
from events.models import Quota
from events.money.payouts import record_payout
from events.money.summing import sum_days
from events.tests.books import over, refund, sell
from events.tests.clients import error, events_client, wrong
from events.tests.factories import make_event, make_organizer, make_type, member_of
from events.tests.shop import order_tickets, paylater, tickets_for_sale

__all__ = ["paylater", "tickets_for_sale"]
pytestmark = pytest.mark.django_db

AMOUNTS = ("gross", "fees", "refunds", "net")
DAY = timedelta(days=1)


@pytest.fixture
def event():
    """Over, with an order of three tickets, of which the dear one went back, and one that is paid out in part."""
    event = make_event({"name": "plain", "price": "5000"}, {"name": "dear", "price": "20000"}, **over())
    order = sell(event, plain=2, dear=1, at=timezone.now() - 12 * DAY)
    refund(order.tickets.get(ticket_type__name="dear"))
    record_payout(event=event, amount=Decimal(4000), bank_reference="GTB-1", by=AdminFactory())
    return event


@pytest.fixture
def partner(event):
    return events_client(member_of(event.organizer))


def answer_of(client, path, **query):
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


PATHS = ["dashboard", "events", "analytics"]
OF_EVENT = ["statement", "statement.csv", "statement.pdf", "attendees.csv"]


def test_only_owners_and_managers(event):
    make_organizer()
    paths = [*PATHS, *(f"events/{event.pk}/{one}" for one in OF_EVENT)]
    scanner = member_of(event.organizer, "scanner")
    for path in paths:
        assert error(events_client().get(f"partners/{path}")) == (401, "UNAUTHORIZED")
        for user in (UserFactory(), AdminFactory(), scanner):
            assert error(events_client(user).get(f"partners/{path}")) == (403, "FORBIDDEN")
        assert events_client(member_of(event.organizer, "manager")).get(f"partners/{path}").status_code == 200


@pytest.mark.parametrize("name", OF_EVENT)
def test_foreign_events_are_not_found(event, name):
    """Where one is only a scanner, too."""
    stranger = member_of(make_organizer())
    event.organizer.memberships.create(user=stranger, role="scanner")
    for pk in (event.pk, 999999, "abc", "9" * 30):
        assert error(events_client(stranger).get(f"partners/events/{pk}/{name}")) == (404, "NOT_FOUND")


def test_foreign_figures_are_not_counted(event):
    stranger = events_client(member_of(make_organizer()))
    assert answer_of(stranger, "partners/dashboard")["gross"] == 0
    assert answer_of(stranger, "partners/dashboard")["recent_orders"] == []
    assert answer_of(stranger, "partners/events")["total"] == 0
    assert answer_of(stranger, "partners/analytics")["by_event"] == []


def test_dashboard(event, partner):
    coming = make_event({"name": "free", "price": "0"}, organizer=event.organizer)
    make_event(organizer=event.organizer, status="draft")
    ticket = sell(coming, free=1).tickets.get()
    type(ticket).objects.filter(pk=ticket.pk).update(status="used", checked_in_at=timezone.now())
    data = answer_of(partner, "partners/dashboard")["data"]
    assert [one["id"] for one in data["organizers"]] == [event.organizer_id]
    assert data["events"] == {"total": 3, "draft": 1, "published": 2, "cancelled": 0, "completed": 0}
    assert (data["tickets_sold"], data["checked_in"], data["orders"]) == (3, 1, 2)
    assert [data[name] for name in AMOUNTS] == [30000, 490, 20000, 9510]
    assert (data["paid_out"], data["balance"], data["currency"]) == (4000, 5510, "NGN")
    assert [one["id"] for one in data["next_events"]] == [coming.pk]
    assert [one["event_id"] for one in data["recent_orders"]] == [coming.pk, event.pk]
    assert "qr_code" not in str(data)


def test_balance_of_the_dashboard_is_that_of_the_ledger(event, partner):
    statement = answer_of(partner, f"partners/events/{event.pk}/statement")
    board = answer_of(partner, "partners/dashboard")
    for name in (*AMOUNTS, "paid_out", "balance"):
        assert board[name] == statement[name]
    assert (
        statement["gross"] - statement["fees"] - statement["refunds"] - statement["paid_out"] == statement["balance"]
    )


@pytest.mark.usefixtures("tickets_for_sale")
def test_events(event, partner):
    held = make_event({"name": "plain", "quantity": 50}, organizer=event.organizer)
    order_tickets(held.ticket_types.get(), 3)
    page = answer_of(partner, "partners/events")
    assert [one["id"] for one in page["events"]] == [held.pk, event.pk]
    coming, past = page["events"]
    assert (coming["capacity"], coming["sold"], coming["held"], coming["checked_in"]) == (50, 0, 3, 0)
    assert [past[name] for name in AMOUNTS] == [30000, 490, 20000, 9510]
    assert past["tickets"][0]["name"] == "plain"


def test_a_shared_quota_bounds_the_capacity(event, partner):
    shared = Quota.objects.create(event=event, name="Hall", size=60)
    for _ in range(2):
        make_type(event, quantity=50, shared=shared)
    assert answer_of(partner, "partners/events")["events"][0]["capacity"] == 260


def test_series_sums_to_the_totals(event, partner):
    body = answer_of(partner, "partners/analytics")
    assert len(body["series"]) == 30
    assert body["time_zone"] == "Africa/Lagos"
    for name in ("orders", "tickets", *AMOUNTS):
        assert sum(day[name] for day in body["series"]) == body["totals"][name]
        assert sum(one[name] for one in body["by_event"]) == body["totals"][name]
    for name in ("tickets", *AMOUNTS):
        assert sum(one[name] for one in body["by_ticket_type"]) == body["totals"][name]
    assert body["totals"]["orders"] == 1


def test_days_of_analytics(event, partner, clock):
    clock.move_to(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    sell(event, plain=1)
    body = answer_of(
        events_client(partner.user), "partners/analytics", start_date="2026-03-03", end_date="2026-03-03"
    )
    assert [(day["date"], day["tickets"]) for day in body["series"]] == [("2026-03-03", 1)]
    today = answer_of(events_client(partner.user), "partners/analytics")
    assert (today["start_date"], today["end_date"]) == ("2026-02-02", "2026-03-03")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start_date": "yesterday"}, "start_date"),
        ({"end_date": "2026-02-30"}, "end_date"),
        ({"start_date": "2026-05-02", "end_date": "2026-05-01"}, "start_date"),
        ({"start_date": "2020-01-01", "end_date": "2023-01-05"}, "start_date"),
        ({"start_date": "0001-01-01", "end_date": "0001-01-02"}, "start_date"),
        ({"end_date": "9999-12-31"}, "end_date"),
    ],
)
def test_nonsense_is_refused(partner, query, field):
    assert wrong(partner.get("partners/analytics", query))[0] == field


def test_eleven_hundred_days_are_fine(partner):
    body = answer_of(partner, "partners/analytics", start_date="2020-01-01", end_date="2023-01-04")
    assert len(body["series"]) == 1100


def test_statement(event, partner):
    body = answer_of(partner, f"partners/events/{event.pk}/statement")
    assert [one["bank_reference"] for one in body["payouts"]] == ["GTB-1"]
    assert body["days"][-1]["balance"] == body["balance"] == 5510


def test_statement_as_table(event, partner):
    answer = partner.get(f"partners/events/{event.pk}/statement.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    last = rows[-1]
    assert (last["type"], last["gross"], last["fees"], last["refunds"]) == ("total", "30000.00", "490.00", "20000.00")
    assert (last["paid_out"], last["balance"]) == ("4000.00", "5510.00")


def test_statement_as_document(event, partner):
    event.title = "Jazz <b>&amp; 山</b>"
    event.save()
    text = pdf_text(partner.get(f"partners/events/{event.pk}/statement.pdf").content)
    assert "₦5,510.00" in text and "GTB-1" in text


def test_attendees(event, partner):
    """Refunded tickets are left out; a name that begins like a formula is none."""
    event.issued_tickets.update(attendee_name='=HYPERLINK("http://x")')
    answer = partner.get(f"partners/events/{event.pk}/attendees.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["type"] for row in rows] == ["plain", "plain"]
    assert {row["attendee"] for row in rows} == {'\'=HYPERLINK("http://x")'}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "\uff1d1"])
def test_cells_that_begin_like_formulas(text):
    assert shown(text) == f"'{text}"


@pytest.mark.parametrize(("cell", "text"), [("Ada", "Ada"), (-5, "-5"), (None, ""), ("a=b", "a=b")])
def test_other_cells_stay(cell, text):
    assert shown(cell) == text


@pytest.mark.parametrize("path", ["dashboard", "events", "analytics"])
@pytest.mark.parametrize("summed", [False, True])
def test_queries_are_few_and_flat(event, partner, path, summed):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            answer_of(partner, f"partners/{path}")
        return sum(not one["sql"].startswith(("SAVEPOINT", "RELEASE")) for one in captured.captured_queries)

    if summed:
        sum_days(now=timezone.now())
    few = queries()
    for _ in range(3):
        sell(make_event({"name": "plain"}, organizer=event.organizer), plain=1)
    assert few == queries() <= 12
