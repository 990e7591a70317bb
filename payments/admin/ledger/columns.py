"""What the ledger's pages share: figures, and where they lead."""

import re
from datetime import UTC, date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from core.admin.badges import amount_with_currency, link
from core.money import from_minor
from payments.models import LedgerEntry
from payments.models.ledger import account_label
from payments.sellables import named

# "name 5", "Name #5" and "name:5" are the same subject.
SUBJECT = re.compile(r"([a-z]+)[\s:#]+(\d+)", re.IGNORECASE)


def figure(amount: int, currency: str) -> str:
    """An amount of the smallest unit, as people read it."""
    return amount_with_currency(from_minor(amount, currency), currency)


def lines_url(
    account: str, currency: str, *, first: date | None = None, last: date | None = None, side: str = ""
) -> str:
    """The list of the lines that make up a figure: of an account, from `first` to `last`, of one side."""
    wanted = {
        "account__exact": account,
        "currency": currency,
        "entry__booked_at_from": first,
        "entry__booked_at_to": last,
        "side": side,
    }
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{reverse('admin:payments_ledgerline_changelist')}?{query}"


def account_link(account: str, currency: str) -> SafeString:
    """The account's name, leading to its lines."""
    return link(lines_url(account, currency), account_label(account))


def entry_link(entry: LedgerEntry) -> SafeString:
    """The entry, leading to its page."""
    return link(reverse("admin:payments_ledgerentry_change", args=[entry.pk]), entry.title)


def payment_link(entry: LedgerEntry) -> SafeString | None:
    """The payment of the entry, leading to its page."""
    if entry.payment_id is None:
        return None
    return link(reverse("admin:payments_payment_change", args=[entry.payment_id]), f"Payment #{entry.payment_id}")


def subject_link(entry: LedgerEntry) -> SafeString | None:
    """The thing that the entry is for, leading to its page."""
    name, _, key = entry.subject.partition(":")
    if not key:
        return None
    sellable = named(name)
    if sellable is None:
        return SafeString(f"{name.capitalize()} #{key}")
    return link(sellable.thing(pk=int(key)).admin_url, f"{sellable.title} #{key}")


def moment(entry: LedgerEntry) -> str:
    """When it was booked, in UTC as the days are."""
    return date_format(entry.booked_at.astimezone(UTC), "M j, Y, H:i")


def subject_in(term: str) -> str:
    """The search term; a subject in the ledger's own spelling."""
    found = SUBJECT.fullmatch(term.strip())
    return f"{found[1].lower()}:{found[2]}" if found else term
