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
        """The choices."""
        return list(self.labels.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that fulfil the chosen condition."""
        chosen = self.value() or ""
        return queryset.filter(self.condition(chosen)) if chosen in self.labels else queryset

    def condition(self, chosen: str) -> Any:
        """What the rows of that choice fulfil."""
        raise NotImplementedError


class LateFilter(ChoiceFilter):
    """For how long the oldest open payment has been late."""

    title = "late"
    parameter_name = "late"
    labels = {"1": "1 day or more", "8": "8 days or more", "30": "30 days or more"}

    def condition(self, chosen: str) -> Any:
        """Late for so many days."""
        return Q(dashboard.is_late(today=timezone.localdate(), days=int(chosen)))


class DueFilter(ChoiceFilter):
    """When the next payment is due."""

    title = "next payment"
    parameter_name = "due"
    labels = {"week": "Due this week"}

    def condition(self, chosen: str) -> Any:
        """Due within seven days."""
        return Q(dashboard.is_due_this_week(today=timezone.localdate()))


class WaitingFilter(ChoiceFilter):
    """What staff have to do with the device."""

    title = "to do"
    parameter_name = "todo"
    labels = {"ship": "To ship", "check-in": "To check in"}

    def condition(self, chosen: str) -> Any:
        """To be sent, or on its way back."""
        return dashboard.TO_SHIP if chosen == "ship" else dashboard.TO_CHECK_IN


class RentalDisputeFilter(DisputeFilter):
    """Rentals that a bank asks about."""

    path = "payment__rental_payment__rental"


class AutopayFilter(ChoiceFilter):
    """Whether the rental is paid by itself."""

    title = "autopay"
    parameter_name = "pays"  # `autopay` is a column, which no address may filter by
    labels = {"on": "On", "off": "Off"}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Rentals with a consent in force or without, or the installments of such."""
        path = {Rental: "autopay", Installment: "rental__autopay"}[queryset.model]
        wanted = {"on": False, "off": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(**{f"{path}__isnull": wanted})
