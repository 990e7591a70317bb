"""On the customer's page: that mail to them is stopped, what they switched off, and their mails."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.admin.users import show_with_customer
from core.admin.badges import badge, link
from core.admin.base import ReadOnlyInline
from notifications.admin.suppressions import state_badge
from notifications.models import Email, OptOut, Suppression


class SuppressionInline(ReadOnlyInline):
    """Shown only while mail to the customer is, or was, stopped."""

    model = Suppression
    fk_name = "user"
    fields = ["address", "state", "reason", "since", "detail", "allow"]
    verbose_name_plural = "Mail to this customer"
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and (obj is None or obj.mail_stops.exists())

    @admin.display(description="Mail")
    def state(self, suppression: Suppression) -> SafeString:
        return state_badge(suppression)

    @admin.display(description="")
    def allow(self, suppression: Suppression) -> SafeString:
        if suppression.lifted_at:
            return link(reverse("admin:notifications_suppression_change", args=[suppression.pk]), "See why")
        return link(reverse("admin:notifications_suppression_allow", args=[suppression.pk]), "Allow mail again")


class EmailInline(ReadOnlyInline):
    """Mails, newest first, ten at a time."""

    model = Email
    fk_name = "user"
    fields = ["number", "kind", "subject_line", "status_label", "created_at"]
    per_page = 10
    tab = True
    hide_title = True

    @admin.display(description="Mail")
    def number(self, email: Email) -> SafeString:
        return link(reverse("admin:notifications_email_change", args=[email.pk]), f"#{email.pk}")

    @admin.display(description="Subject")
    def subject_line(self, email: Email) -> str:
        return email.subject

    @admin.display(description="Status")
    def status_label(self, email: Email) -> SafeString:
        return badge(email.status, email.get_status_display())


class OptOutInline(ReadOnlyInline):
    """Shown only when there are any; what must be sent is not among them, whatever an old row says."""

    model = OptOut
    fields = ["kind_label", "channel", "created_at"]
    verbose_name_plural = "Mails and notices that the customer switched off"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and (obj is None or obj.opt_outs.exists())

    @admin.display(description="Kind")
    def kind_label(self, opt_out: OptOut) -> str:
        return opt_out.kind.replace("_", " ").capitalize()


for inline in (SuppressionInline, EmailInline, OptOutInline):
    show_with_customer(inline)
