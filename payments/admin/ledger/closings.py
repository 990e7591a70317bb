"""Closings of days: figures that lead to their lines, and every difference to the gateways' days."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateFilter

from core.admin.badges import badge
from core.admin.base import ReadOnlyAdmin
from payments.admin.ledger.columns import figure, lines_url
from payments.models import DayClosing
from payments.models.ledger import accounts

# What a difference is called, and where what it names is found.
FOUND_IN = {
    "charge of": ("payments_payment", "{id}"),
    "refund": ("payments_refund", "{id}"),
    "fee": ("payments_ledgerentry", "{gateway}-fee:{id}"),
    "dispute": ("payments_ledgerentry", "{gateway}-dispute:{id}"),
    "bounce": ("payments_ledgerentry", "{gateway}-bounce:{id}"),
    "other": ("payments_ledgerentry", "{gateway}-other:{id}"),
}


def unexplained(closing: DayClosing) -> int:
    """How many differences have no explanation."""
    return sum(not one["explained"] for one in closing.differences)


def account_rows(closing: DayClosing, currency: str) -> list[dict[str, Any]]:
    """The accounts of the day in their order, each figure with the address of its lines."""
    day, figures = closing.day, closing.figures[currency]["accounts"]
    ranges: dict[str, dict[str, Any]] = {
        "opening": {"last": day - timedelta(days=1)},
        "debit": {"first": day, "last": day, "side": "debit"},
        "credit": {"first": day, "last": day, "side": "credit"},
        "closing": {"last": day},
    }
    return [
        {
            "label": account.label,
            "figures": [
                {"text": figure(figures[account][name], currency), "url": lines_url(account, currency, **wanted)}
                for name, wanted in ranges.items()
            ],
        }
        for account in accounts()
        if account in figures
    ]


def gateway_rows(closing: DayClosing, currency: str) -> list[dict[str, Any]]:
    """What each gateway's balance moved by, by kind; the fees and the whole come last."""
    rows = []
    for gateway, sums in closing.figures[currency]["gateways"].items():
        kinds = sorted(name for name in sums if name not in ("fees", "net"))
        parts = [(name.capitalize(), figure(sums[name], currency)) for name in (*kinds, "fees", "net")]
        rows.append({"gateway": gateway, "parts": parts})
    return rows


def difference_row(difference: dict[str, Any]) -> dict[str, Any]:
    """A difference with its amount in words, and where what it names is found."""
    kind, _, key = difference["what"].rpartition(" ")
    page, search = FOUND_IN.get(kind, ("payments_ledgerentry", "{id}"))
    query = search.format(id=key, gateway=difference["gateway"])
    return {
        **difference,
        "text": figure(difference["amount"], difference["currency"]),
        "url": f"{reverse(f'admin:{page}_changelist')}?q={query}",
    }


@admin.register(DayClosing)
class DayClosingAdmin(ReadOnlyAdmin):
    """What each day ended with."""

    change_form_template = "admin/payments/ledger_closing.html"
    list_display = ["day", "state", "differences_label", "closed_at"]
    list_filter = [("day", RangeDateFilter)]
    list_filter_submit = True
    fields = ["day", "closed_at"]

    @admin.display(description="State")
    def state(self, closing: DayClosing) -> SafeString:
        open_ones = unexplained(closing)
        return badge("failed", f"{open_ones} unexplained") if open_ones else badge("succeeded", "Explained")

    @admin.display(description="Differences")
    def differences_label(self, closing: DayClosing) -> str:
        return str(len(closing.differences) or "None")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if closing := kwargs.get("obj"):
            context.update(
                closing=closing,
                title=str(closing),
                subtitle=None,
                unexplained=unexplained(closing),
                books=[
                    (currency, account_rows(closing, currency), gateway_rows(closing, currency))
                    for currency in closing.figures
                ],
                differences=[difference_row(one) for one in closing.differences],
            )
        return super().render_change_form(request, context, *args, **kwargs)
