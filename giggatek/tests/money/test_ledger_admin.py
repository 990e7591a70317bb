"""The ledger in the back office: read-only, from a figure to its lines, to their entry, to what was paid."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import AdminFactory, ManagerFactory
from giggatek.tests.money.ledger_days import closed_in_time, moment, now, paid, unheard
from giggatek.tests.money.ledger_pages import (
    ACCOUNTS,
    CLOSINGS,
    ENTRIES,
    LINES,
    entry,
    link_at,
    manager,
    shown,
    text_of,
)
from orders.models import Order
from payments.ledger import Account, book
from payments.models import DayClosing, LedgerEntry, LedgerLine

__all__ = ["manager", "now"]

pytestmark = pytest.mark.django_db


def test_accounts_have_their_balances_and_sum_to_nothing(client):
    paid(1)
    page = text_of(shown(client, ACCOUNTS))
    assert "In balance" in page
    assert "Money at the gateway" in page
    assert "-599.99 USD" in page
    assert "Late fees" not in page


def test_books_out_of_balance_say_so(client):
    LedgerLine.objects.create(entry=entry(1), account=Account.SALES, amount=1)
    page = text_of(shown(client, ACCOUNTS))
    assert "Out of balance" in page
    assert "Trial balance" in page


def test_currencies_are_not_added(client):
    entry(1)
    entry(2, currency="EUR", amount=500)
    books = shown(client, ACCOUNTS).context["books"]
    assert [(one["currency"], one["rows"][0]["balance"]) for one in books] == [
        ("EUR", "5.00 EUR"),
        ("USD", "1.00 USD"),
    ]


def test_empty_books_have_a_page(client):
    assert "Nothing was booked yet." in text_of(shown(client, ACCOUNTS))


def test_from_a_figure_to_its_lines_to_their_entry_to_what_was_paid(client):
    payment = paid(1)
    order = Order.objects.get()
    entry(9, amount=7)
    lines = shown(client, link_at(shown(client, ACCOUNTS), "-599.99 USD"))  # the credit of deposits comes first
    assert [line.amount for line in lines.context["cl"].result_list] == [-59999]
    assert [one["balance"] for one in lines.context["totals"]] == ["-599.99 USD"]
    page = shown(client, link_at(lines, "Payment settled"))
    assert link_at(page, f"Payment #{payment.pk}") == f"/admin/payments/payment/{payment.pk}/change/"
    sale = LedgerEntry.objects.get(kind="order_paid")
    page = shown(client, reverse("admin:payments_ledgerentry_change", args=[sale.pk]))
    assert shown(client, link_at(page, f"Order #{order.pk}")).context["order"] == order
    assert "-599.99 USD" in text_of(page)
    lines = shown(client, link_at(page, "Sales"))
    assert {line.account for line in lines.context["cl"].result_list} == {"sales"}


def test_every_figure_of_a_closing_leads_to_lines_that_sum_to_it(client):
    paid(3)
    closed_in_time(3)
    paid(2)
    closing = closed_in_time(2)
    paid(1)
    midnight = moment(1, hour=0)  # the first moment of the next day
    book(key="try:1", kind="try", lines={Account.SALES: 7, Account.DEPOSITS: -7}, currency="USD", at=midnight)
    page = shown(client, f"{CLOSINGS}{closing.pk}/change/")
    checked = 0
    for _, accounts, _ in page.context["books"]:
        for row in accounts:
            for figure in row["figures"]:
                sums = [one["balance"] for one in shown(client, figure["url"]).context["totals"]]
                assert sums == [figure["text"]] or (not sums and figure["text"] == "0.00 USD"), (row, figure)
                checked += 1
    assert checked == 4 * 4


def test_a_closing_shows_its_differences_and_where_to_look(client):
    payment = paid(1)
    lost = unheard(1)
    closed = closed_in_time(1)
    page = shown(client, f"{CLOSINGS}{closed.pk}/change/")
    said = text_of(page)
    assert "Not all explained" in said
    assert "Not booked here" in said
    assert shown(client, link_at(page, f"charge of {lost.intent_id}")).context["cl"].result_list[0] == lost
    assert payment.intent_id not in said
    assert "What sandbox moved" in said
    assert "1 unexplained" in text_of(shown(client, CLOSINGS))


@pytest.mark.parametrize(
    "what, path",
    [
        ("charge of pi_1", "/admin/payments/payment/?q=pi_1"),
        ("refund re_1", "/admin/payments/refund/?q=re_1"),
        ("fee txn_1", "/admin/payments/ledgerentry/?q=sandbox-fee:txn_1"),
        ("other txn_1", "/admin/payments/ledgerentry/?q=sandbox-other:txn_1"),
    ],
)
def test_what_a_difference_names_is_found(client, what, path):
    one = {"gateway": "sandbox", "what": what, "amount": 5, "currency": "USD", "why": "so", "explained": True}
    closing = DayClosing.objects.create(day=date(2026, 1, 1), figures={}, differences=[one])
    page = shown(client, f"{CLOSINGS}{closing.pk}/change/")
    assert link_at(page, what) == path
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("factory", [AdminFactory, ManagerFactory])
def test_nobody_adds_changes_or_deletes(client, factory):
    client.force_login(factory())
    closed_in_time(1)
    booked = entry(1)
    before = [list(model.objects.order_by("pk").values()) for model in (LedgerEntry, LedgerLine, DayClosing)]
    for url, row in ((ENTRIES, booked), (LINES, booked.lines.first()), (CLOSINGS, DayClosing.objects.get())):
        assert client.post(f"{url}add/", {"key": "x"}).status_code == 403
        assert client.post(f"{url}{row.pk}/change/", {"memo": "x", "amount": 1}).status_code == 403
        assert client.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        deleting = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(url, deleting)
    assert before == [list(model.objects.order_by("pk").values()) for model in (LedgerEntry, LedgerLine, DayClosing)]


def test_pages_of_accounts_and_closings_ask_the_same_for_any_number_of_lines(client):
    closing = None
    counts = []
    for number in range(2):
        paid(3 - number)
        closing = closed_in_time(3 - number)
        url = f"{CLOSINGS}{closing.pk}/change/"
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


def test_accounts_are_closed_to_customers(client):
    client.logout()
    assert client.get(ACCOUNTS).url.startswith("/admin/login/")
