"""Filters of the ledger's lists."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.utils import parse_date_str

from payments.ledger.closing import bounds
from payments.models import LedgerEntry
from payments.models.ledger import account_choices


class DayFilter(RangeDateFilter):
    """From one UTC day to another, both whole: the days that are closed."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        first, last = (self.day(end) for end in ("from", "to"))
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": bounds(first)[0]})
        if last:
            queryset = queryset.filter(**{f"{self.field_path}__lt": bounds(last)[1]})
        return queryset

    def day(self, end: str) -> date | None:
        """The day that was given for this end."""
        value = self.used_parameters.get(f"{self.field_path}_{end}")
        day = parse_date_str(value) if value else None
        return day if day and day < date.max else None


class AccountFilter(DropdownFilter):
    """Entries with a line of an account."""

    title = "account"
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return account_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # An account stands at most once in an entry, so that no entry comes twice.
        return queryset.filter(lines__account=self.value()) if self.value() in dict(account_choices()) else queryset


class KindFilter(DropdownFilter):
    """What was booked."""

    title = "kind"
    parameter_name = "what"  # `kind` is a column, which no address may filter by

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = LedgerEntry.objects.order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, kind.replace("_", " ").capitalize()) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class CurrencyFilter(DropdownFilter):
    """Lines in a currency."""

    title = "currency"
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        offered = {settings.CURRENCY, request.GET.get("currency", "")[:3]} - {""}
        return [(currency, currency) for currency in sorted(offered)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(entry__currency=self.value()) if self.value() else queryset


class SideFilter(DropdownFilter):
    """One side of the account."""

    title = "side"
    parameter_name = "side"
    sides = {"debit": Q(amount__gt=0), "credit": Q(amount__lt=0)}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(side, side.capitalize()) for side in self.sides]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(self.sides.get(self.value() or "", Q()))
