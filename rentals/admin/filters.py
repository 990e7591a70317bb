"""Filters of the lists of rentals and installments."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from payments.admin.disputed import DisputeFilter
from rentals import dashboard
from rentals.models import Installment, Rental


class ChoiceFilter(DropdownFilter):
    """One of a few conditions by name; an unknown name filters nothing."""

    labels: Mapping[str, str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.labels.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(self.condition(chosen)) if chosen in self.labels else queryset

    def condition(self, chosen: str) -> Any:
        raise NotImplementedError


class LateFilter(ChoiceFilter):
    title = "late"
    parameter_name = "late"
    labels = {"1": "1 day or more", "8": "8 days or more", "30": "30 days or more"}

    def condition(self, chosen: str) -> Any:
        return Q(dashboard.is_late(today=timezone.localdate(), days=int(chosen)))


class DueFilter(ChoiceFilter):
    title = "next payment"
    parameter_name = "due"
    labels = {"week": "Due this week"}

    def condition(self, chosen: str) -> Any:
        return Q(dashboard.is_due_this_week(today=timezone.localdate()))


class WaitingFilter(ChoiceFilter):
    """What staff have to do with the device."""

    title = "to do"
    parameter_name = "todo"
    labels = {"ship": "To ship", "check-in": "To check in"}

    def condition(self, chosen: str) -> Any:
        return dashboard.TO_SHIP if chosen == "ship" else dashboard.TO_CHECK_IN


class RentalDisputeFilter(DisputeFilter):
    path = "payment__rental_payment__rental"


class AutopayFilter(ChoiceFilter):
    title = "autopay"
    parameter_name = "pays"  # `autopay` is a column, which no address may filter by
    labels = {"on": "On", "off": "Off"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        path = {Rental: "autopay", Installment: "rental__autopay"}[queryset.model]
        wanted = {"on": False, "off": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(**{f"{path}__isnull": wanted})
