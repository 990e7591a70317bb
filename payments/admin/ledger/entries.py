"""The ledger to read: the lines behind a figure, and the entries behind a line."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from core.admin.base import ReadOnlyAdmin, ReadOnlyInline
from payments.admin.ledger.accounts import totals, trial_balance
from payments.admin.ledger.columns import (
    account_link,
    entry_link,
    figure,
    moment,
    payment_link,
    subject_in,
    subject_link,
)
from payments.admin.ledger.filters import AccountFilter, CurrencyFilter, DayFilter, KindFilter, SideFilter
from payments.models import LedgerEntry, LedgerLine

SEARCHED = ("subject", "key", "payment__intent_id", "payment__charge_id")
SEARCH_HELP = "What it is for (name and number), key, intent or charge"


class LedgerColumns:
    """Columns of a row that is an entry, or a line of one."""

    def entry_of(self, row: Any) -> LedgerEntry:
        return row if isinstance(row, LedgerEntry) else row.entry

    @admin.display(description="For", empty_value="-")
    def about(self, row: Any) -> SafeString | None:
        return subject_link(self.entry_of(row))

    @admin.display(description="Payment", empty_value="-")
    def payment_label(self, row: Any) -> SafeString | None:
        return payment_link(self.entry_of(row))

    @admin.display(description="Debit")
    def debit(self, line: LedgerLine) -> str:
        return figure(line.amount, line.entry.currency) if line.amount > 0 else ""

    @admin.display(description="Credit")
    def credit(self, line: LedgerLine) -> str:
        return figure(line.amount, line.entry.currency) if line.amount < 0 else ""


class LineInline(LedgerColumns, ReadOnlyInline):
    """The sides of an entry."""

    model = LedgerLine
    fields = ["account_label", "debit", "credit"]
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerLine]:
        return super().get_queryset(request).select_related("entry")

    @admin.display(description="Account")
    def account_label(self, line: LedgerLine) -> SafeString:
        return account_link(line.account, line.entry.currency)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(LedgerColumns, ReadOnlyAdmin):
    """What was booked, with its lines; and the page of the accounts."""

    list_display = ["booked", "moment", "about", "payment_label", "accounts", "amount_label"]
    list_display_links = ["booked"]
    list_filter = [AccountFilter, KindFilter, ("booked_at", DayFilter)]
    list_filter_submit = True
    search_fields = [f"={name}" for name in SEARCHED]
    search_help_text = SEARCH_HELP
    fieldsets = [
        (None, {"fields": [("booked", "moment"), ("about", "payment_label"), ("key", "memo")]}),
    ]
    readonly_fields = ["booked", "moment", "about", "payment_label"]
    inlines = [LineInline]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.accounts_view)
        return [path("accounts/", view, name="payments_ledgerentry_accounts"), *super().get_urls()]

    def accounts_view(self, request: HttpRequest) -> HttpResponse:
        """Each account with its balance, and the trial balance."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Accounts",
            "opts": self.opts,
            "books": trial_balance(),
        }
        return TemplateResponse(request, "admin/payments/ledger_accounts.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).prefetch_related("lines")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerEntry], search_term: str
    ) -> tuple[QuerySet[LedgerEntry], bool]:
        """As searched; a subject however it is spelled."""
        return super().get_search_results(request, queryset, subject_in(search_term))

    @admin.display(description="Entry", ordering="kind")
    def booked(self, entry: LedgerEntry) -> str:
        return entry.title

    @admin.display(description="Booked at", ordering="booked_at")
    def moment(self, entry: LedgerEntry) -> str:
        return moment(entry)

    @admin.display(description="Debit / credit")
    def accounts(self, entry: LedgerEntry) -> str:
        lines = list(entry.lines.all())
        sides = ([line for line in lines if line.amount > 0], [line for line in lines if line.amount < 0])
        return " / ".join(", ".join(line.get_account_display() for line in side) for side in sides)

    @admin.display(description="Amount")
    def amount_label(self, entry: LedgerEntry) -> str:
        return figure(sum(line.amount for line in entry.lines.all() if line.amount > 0), entry.currency)


@admin.register(LedgerLine)
class LedgerLineAdmin(LedgerColumns, ReadOnlyAdmin):
    """The lines behind a figure, with their sum."""

    list_before_template = "admin/payments/ledger_totals.html"
    list_display = ["account_label", "moment", "entry_label", "about", "payment_label", "debit", "credit"]
    list_display_links = ["account_label"]
    list_select_related = ["entry"]
    list_filter = [
        ("account", ChoicesDropdownFilter),
        SideFilter,
        CurrencyFilter,
        ("entry__booked_at", DayFilter),
    ]
    list_filter_submit = True
    ordering = ["-id"]
    search_fields = [f"=entry__{name}" for name in SEARCHED]
    search_help_text = SEARCH_HELP
    fieldsets = [
        (None, {"fields": [("account_label", "moment"), ("debit", "credit"), ("entry_label", "about")]}),
    ]
    readonly_fields = ["account_label", "moment", "debit", "credit", "entry_label", "about"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerLine], search_term: str
    ) -> tuple[QuerySet[LedgerLine], bool]:
        """As searched; a subject however it is spelled."""
        return super().get_search_results(request, queryset, subject_in(search_term))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None) or {}
        if "cl" in context:
            context["totals"] = totals(context["cl"].queryset)
        return answer

    @admin.display(description="Account", ordering="account")
    def account_label(self, line: LedgerLine) -> str:
        return str(line.get_account_display())

    @admin.display(description="Booked at", ordering="entry__booked_at")
    def moment(self, line: LedgerLine) -> str:
        return moment(line.entry)

    @admin.display(description="Entry", ordering="entry")
    def entry_label(self, line: LedgerLine) -> SafeString:
        return entry_link(line.entry)
