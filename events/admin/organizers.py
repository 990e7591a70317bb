"""Organizers, the people who work for them, and what they are paid."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from unfold.admin import TabularInline

from core.admin.badges import badge, page_of
from core.admin.base import ReadOnlyAdmin, SearchedRows
from core.admin.steps import StepsAdmin
from events.admin.columns import Columns, naira
from events.admin.steps import ORGANIZER_STEPS
from events.models import Event, Organizer, OrganizerMember, Payout
from events.money import statements
from events.searching import index_all


class MemberInline(SearchedRows, TabularInline):
    """Who works for it; staff add and remove people."""

    model = OrganizerMember
    extra = 0
    autocomplete_fields = ["user"]
    hide_title = True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change the organizer."""
        return request.user.has_perm("events.change_organizer")


@admin.register(Organizer)
class OrganizerAdmin(StepsAdmin):
    """Who holds events; verified ones sell."""

    steps = ORGANIZER_STEPS
    inlines = [MemberInline]
    list_display = ["name", "email", "phone", "verified_label", "created_at"]
    list_filter = [("verified_at", admin.EmptyFieldListFilter)]
    search_fields = ["id__exact", "name", "email"]
    search_help_text = "Number, name or e-mail"
    readonly_fields = ["logo_url", "verified_label", "created_at", "balances"]
    fieldsets = [
        (None, {"fields": ["name", ("email", "phone"), "logo_url", ("verified_label", "created_at")]}),
        ("Owed, event by event", {"fields": ["balances"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Organizer, form: Any, change: bool) -> None:
        """Its events are found by its name."""
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data:
            index_all(Event.objects.filter(organizer=obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where the money goes, only those who pay out see and change."""
        bank = [("Bank", {"fields": ["bank_details"]})] if request.user.has_perm("events.add_payout") else []
        return [*self.fieldsets, *bank]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was booked for it stays."""
        return False

    @admin.display(description="State", ordering="verified_at")
    def verified_label(self, organizer: Organizer) -> SafeString:
        return badge("verified", "Verified") if organizer.is_verified else badge("unverified", "Not verified")

    @admin.display(description="Statements")
    def balances(self, organizer: Organizer) -> SafeString | str:
        """What is owed for each of its events; the ledger's sums."""
        found = statements.by_event(event__organizer=organizer)
        if not found:
            return "Nothing was booked yet."
        events = organizer.events.in_bulk(list(found))
        rows = [(page_of(events[pk]), shown(one)) for pk, one in sorted(found.items(), reverse=True)]
        context = {"rows": rows, "total": shown(statements.total(found))}
        return mark_safe(render_to_string("admin/events/balances.html", context))


def shown(statement: statements.Statement) -> list[str]:
    """The sums of a statement in the order of the table's columns."""
    return [naira(statement.amounts[name]) for name in ("gross", "fees", "refunds", "paid_out", "balance")]


@admin.register(Payout)
class PayoutAdmin(Columns, ReadOnlyAdmin):
    """What went to organizers, the newest first; entered on the page of an event."""

    list_display = ["bank_reference", "organizer", "event_link", "amount_label", "paid_by", "created_at"]
    list_select_related = ["organizer", "event", "paid_by"]
    list_filter = ["created_at"]
    search_fields = ["bank_reference", "organizer__name", "event__title"]
    search_help_text = "Reference, organizer or event"
    fields = [("amount_label", "bank_reference"), ("organizer", "event_link"), ("paid_by", "created_at"), "entry"]
    readonly_fields = ["event_link", "amount_label"]

    @admin.display(description="Amount", ordering="amount")
    def amount_label(self, payout: Payout) -> str:
        return naira(payout.amount)
