"""The balances of the accounts, and the sums of any lines."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from payments.admin.ledger.columns import figure, lines_url
from payments.models import LedgerLine
from payments.models.ledger import AnyAccount, accounts

SIDES = ("debit", "credit")
Sums = dict[str, Any]


def sums_by(lines: QuerySet[LedgerLine], *columns: str) -> list[Sums]:
    """Debits, credits, balance and number of the lines, by these columns."""
    return list(
        lines.order_by()
        .values(*columns)
        .annotate(
            debit=Sum("amount", filter=Q(amount__gt=0), default=0),
            credit=Sum("amount", filter=Q(amount__lt=0), default=0),
            balance=Sum("amount"),
            count=Count("pk"),
        )
    )


def in_words(sums: Mapping[str, Any], currency: str) -> Sums:
    """The sums as they are shown."""
    return {
        "count": sums["count"],
        "is_zero": sums["balance"] == 0,
        **{name: figure(sums[name], currency) for name in (*SIDES, "balance")},
    }


def totals(lines: QuerySet[LedgerLine]) -> list[Sums]:
    """The sums of these lines, for each currency."""
    return [in_words(sums, sums["entry__currency"]) for sums in sums_by(lines, "entry__currency")]


def trial_balance() -> list[dict[str, Any]]:
    """For each currency the accounts that were ever used, in their order, and the sum of them all."""
    books: dict[str, dict[str, Sums]] = {}
    for sums in sums_by(LedgerLine.objects.all(), "entry__currency", "account"):
        books.setdefault(sums["entry__currency"], {})[sums["account"]] = sums
    return [
        {
            "currency": currency,
            "rows": [account_row(account, there[account], currency) for account in accounts() if account in there],
            "sums": in_words(added(there), currency),
        }
        for currency, there in sorted(books.items())
    ]


def account_row(account: AnyAccount, sums: Sums, currency: str) -> dict[str, Any]:
    """An account with its figures, and where each of them leads."""
    urls = {f"{side}_url": lines_url(account, currency, side=side) for side in SIDES}
    return {**in_words(sums, currency), **urls, "label": account.label, "url": lines_url(account, currency)}


def added(those: Mapping[str, Sums]) -> Sums:
    """The sums of all accounts together."""
    return {name: sum(sums[name] for sums in those.values()) for name in (*SIDES, "balance", "count")}
