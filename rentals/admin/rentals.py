"""The rentals' pages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from core.admin.steps import ReadOnlyStepsAdmin
from core.documents.answers import pdf
from rentals import dashboard
from rentals.admin.columns import SEARCH_HELP, SEARCHED, RentalColumns
from rentals.admin.filters import AutopayFilter, DueFilter, LateFilter, RentalDisputeFilter, WaitingFilter
from rentals.admin.lists import DueInstallments, LateRentals
from rentals.admin.page import page, rental_with_all
from rentals.admin.steps import STEPS
from rentals.contracts.services import find_document, ownership_document
from rentals.errors import DocumentNotFound
from rentals.models import ContractDocument, Installment, Rental

# Buttons that stand in the card of what they are about; all others stand above the cards.
IN_CARDS = {"autopay-off": "autopay_steps", "verify": "contract_steps"}


@admin.register(Rental)
class RentalAdmin(RentalColumns, ReadOnlyStepsAdmin):
    """Rentals: everything about them to read, and a button for each step that stands open."""

    steps = STEPS
    change_form_template = "admin/rentals/rental/change_form.html"
    list_display = [
        "number",
        "customer",
        "rented",
        "status_label",
        "progress",
        "next_payment",
        "late",
        "autopay_label",
    ]
    list_display_links = ["number"]
    list_select_related = ["user", "device", "autopay__card"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        LateFilter,
        DueFilter,
        AutopayFilter,
        WaitingFilter,
        RentalDisputeFilter,
    ]
    list_filter_submit = True
    search_fields = SEARCHED
    search_help_text = SEARCH_HELP

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rental]:
        return dashboard.with_figures(super().get_queryset(request), today=timezone.localdate())

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Rental | None:
        found = super().get_object(request, object_id, from_field)
        return found and rental_with_all(found.pk)

    def get_urls(self) -> list[URLPattern]:
        late = LateRentals(Rental, self.admin_site).changelist_view
        due = DueInstallments(Installment, self.admin_site).changelist_view
        guarded = self.admin_site.admin_view
        return [
            path("late/", guarded(late), name="rentals_rental_late"),
            # The only list of installments there is, under the name that admin pages look for.
            path("due/", guarded(due), name="rentals_installment_changelist"),
            path(
                "<path:object_id>/documents/<str:kind>/",
                guarded(self.document_view),
                name="rentals_rental_document",
            ),
            *super().get_urls(),
        ]

    def document_view(self, request: HttpRequest, object_id: str, kind: str) -> HttpResponse:
        rental = self.get_object(request, object_id)
        if rental is None:
            raise Http404
        if not (self.has_view_permission(request, rental) and request.user.has_perm("rentals.view_contract")):
            raise PermissionDenied
        try:
            return pdf(bytes(document_of(rental, kind).content), name=f"rental-{rental.pk}-{kind}.pdf")
        except DocumentNotFound as missing:
            raise Http404 from missing

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if rental := kwargs.get("obj"):
            context.update(page(rental), title=str(rental), subtitle=None, buttons=[])
            for item in self.steps_for(request, rental):
                context.setdefault(IN_CARDS.get(item["step"].name, "buttons"), []).append(item)
        return super().render_change_form(request, context, *args, **kwargs)


def document_of(rental: Rental, kind: str) -> ContractDocument:
    """The document of that kind. Raises DocumentNotFound."""
    if kind == ContractDocument.Kind.OWNERSHIP:
        return ownership_document(rental)
    return find_document(rental.contract, kind)
