"""The ledger's lists: filtered, searched, and never slower for more rows."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from giggatek.tests.money.ledger_days import day_of, moment, now
from giggatek.tests.money.ledger_pages import ACCOUNTS, CLOSINGS, ENTRIES, LINES, entry, manager, rows_of
from payments.models import DayClosing

__all__ = ["manager", "now"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query, numbers",
    [
        ({}, [3, 2, 1]),
        ({"account": "sales"}, []),
        ({"account": "cash"}, [3, 2, 1]),
        ({"account": "nonsense"}, [3, 2, 1]),
        ({"what": "other"}, [2]),
        ({"what": "nonsense"}, []),
        ({"booked_at_from": day_of(2), "booked_at_to": day_of(2)}, [2]),
        ({"booked_at_from": day_of(2)}, [3, 2]),
        ({"booked_at_to": day_of(2)}, [2, 1]),
        ({"booked_at_from": "nonsense", "booked_at_to": "9999-12-31"}, [3, 2, 1]),
        ({"q": "order:2"}, [2]),
        ({"q": "Order #2"}, [2]),
        ({"q": "order 22"}, []),
        ({"q": "try:3"}, [3]),
    ],
)
def test_entries_are_filtered_and_searched(client, query, numbers):
    for number, kind in ((1, "try"), (2, "other"), (3, "try")):
        entry(number, kind=kind, at=moment(4 - number, hour=23, minute=59))
    assert [int(row.key[4:]) for row in rows_of(client, ENTRIES, **query)] == numbers


@pytest.mark.parametrize(
    "query, amounts",
    [
        ({"account__exact": "cash"}, [300, 100]),
        ({"account__exact": "cash", "side": "credit"}, []),
        ({"side": "debit"}, [300, 100]),
        ({"side": "nonsense", "account__exact": "bank"}, [-300, -100]),
        ({"currency": "EUR"}, [-300, 300]),
        ({"q": "order 1"}, [-100, 100]),
        ({"entry__booked_at_to": day_of(1)}, [-100, 100]),
    ],
)
def test_lines_are_filtered_and_searched(client, query, amounts):
    entry(1, at=moment(1))
    entry(3, amount=300, currency="EUR")
    assert sorted(row.amount for row in rows_of(client, LINES, **query)) == sorted(amounts)


@pytest.mark.parametrize(
    "question",
    [
        f"{LINES}?entry__payment__client_secret__startswith=pi",
        f"{ENTRIES}?payment__client_secret__startswith=pi",
        f"{ENTRIES}?payment__user__password__startswith=a",
        f"{CLOSINGS}?figures__contains=a",
    ],
)
def test_a_secret_cannot_be_guessed_by_filtering(client, question):
    assert client.get(question).status_code == 400


def test_lists_of_fifty_ask_no_more_than_lists_of_one(client):
    counts = {}
    for number in (1, 60):
        for serial in range(number):
            entry(number * 1000 + serial)
            DayClosing.objects.create(day=date(2020, 1, 1) + timedelta(days=number * 1000 + serial), figures={})
        for url in (ENTRIES, LINES, CLOSINGS, ACCOUNTS):
            client.get(url)
            with CaptureQueriesContext(connection) as captured:
                page = client.get(url)
            counts.setdefault(url, []).append(len(captured))
            if "cl" in page.context:
                assert len(page.context["cl"].result_list) == min(number * (2 if url == LINES else 1), 50)
    assert {url: few == many for url, (few, many) in counts.items()} == dict.fromkeys(counts, True), counts
    assert max(max(pair) for pair in counts.values()) <= 8, counts
