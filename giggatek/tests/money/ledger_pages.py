"""The ledger's pages in one line each, for the tests."""

import re
from html import unescape

import pytest

from accounts.tests.factories import ManagerFactory
from payments.ledger import Account, book

ACCOUNTS = "/admin/payments/ledgerentry/accounts/"
ENTRIES, LINES, CLOSINGS = (f"/admin/payments/{name}/" for name in ("ledgerentry", "ledgerline", "dayclosing"))


@pytest.fixture(autouse=True)
def manager(client):
    """Who looks."""
    client.force_login(ManagerFactory())


def entry(number, *, amount=100, at=None, currency="USD", **more):
    lines = {Account.CASH: amount, Account.BANK: -amount}
    known = {"kind": "try", "subject": f"order:{number}"}
    return book(key=f"try:{number}", lines=lines, currency=currency, at=at, **{**known, **more})


def shown(client, url, **query):
    answer = client.get(url, query)
    assert answer.status_code == 200
    return answer


def text_of(answer):
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def rows_of(client, url, **query):
    return list(shown(client, url, **query).context["cl"].result_list)


def link_at(answer, label):
    """Where the link with this text leads."""
    found = re.search(rf'<a [^>]*href="([^"]+)"[^>]*>\s*{re.escape(label)}\s*</a>', unescape(answer.content.decode()))
    assert found, label
    return found[1]
