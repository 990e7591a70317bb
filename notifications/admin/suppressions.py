"""Stopped addresses in the back office."""

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin.users import customer_link
from accounts.models import User
from core.admin.badges import badge
from core.admin.steps import ReadOnlyStepsAdmin, Step
from notifications.admin.emails import mail_link, moment
from notifications.models import Suppression
from notifications.outbox.suppressions import allow

STATE_COLOURS = {"stopped": "danger", "allowed": "success"}


def state_badge(suppression: Suppression) -> SafeString:
    return badge("active", "Allowed again") if suppression.lifted_at else badge("stopped", "Stopped")


class AllowForm(forms.Form):
    because = forms.CharField(label="Why", max_length=200, widget=UnfoldAdminTextInputWidget)


def allow_again(suppression: Suppression, *, by: User, because: str) -> str:
    allow(suppression=suppression, by=by, because=because)
    return f"Mail to {suppression.address} is allowed again."


@admin.register(Suppression)
class SuppressionAdmin(ReadOnlyStepsAdmin):
    """Addresses that do not take our mail, and the button that allows mail again."""

    list_display = ["address", "state_label", "reason", "since", "user"]
    list_filter = ["reason", "since", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["address"]
    search_help_text = "E-mail"
    fields = ["address", "state", "reason", "since", "detail", "found_at", "customer", "lifted"]
    readonly_fields = ["state", "found_at", "customer", "lifted"]
    steps = [
        Step(
            name="allow",
            label="Allow mail again",
            icon="mark_email_read",
            variant="primary",
            permission="notifications.change_suppression",
            offered=lambda suppression: suppression.lifted_at is None,
            run=allow_again,
            form=AllowForm,
            question="New mails go out again. Mails that were held back stay so until staff send them again.",
        ),
    ]

    @display(description="Mail", ordering="lifted_at", label=STATE_COLOURS)
    def state_label(self, suppression: Suppression) -> tuple[str, str]:
        return ("allowed", "Allowed again") if suppression.lifted_at else ("stopped", "Stopped")

    @admin.display(description="Mail")
    def state(self, suppression: Suppression) -> SafeString:
        return state_badge(suppression)

    @admin.display(description="Noticed at", empty_value="-")
    def found_at(self, suppression: Suppression) -> SafeString | None:
        return mail_link(suppression.email) if suppression.email else None

    @admin.display(description="Customer", empty_value="-")
    def customer(self, suppression: Suppression) -> SafeString | None:
        return customer_link(suppression.user) if suppression.user else None

    @admin.display(description="Allowed", empty_value="-")
    def lifted(self, suppression: Suppression) -> str | None:
        if suppression.lifted_at is None:
            return None
        return f"{moment(suppression.lifted_at)} by {suppression.lifted_by}: {suppression.lifted_because}"
