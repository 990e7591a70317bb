"""The outbox in the back office: to read, and to send again."""

from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET
from unfold.decorators import display

from accounts.models import User
from core.admin.badges import badge, colours, link
from core.admin.base import ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin, Step
from core.errors import DomainError
from notifications.models import Email, EmailEvent
from notifications.outbox.attachments import MissingAttachment, fetch
from notifications.outbox.resending import obstacle, send_again

MAY = "notifications.change_email"
# A mail may hold text from strangers: nothing in it runs, and nothing is fetched.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


def send_mail_again(email: Email, *, by: User) -> str:
    again = send_again(email=email, by=by)
    return "It is on its way again." if again.pk == email.pk else f"It is on its way again, as mail {again.pk}."


def moment(at: datetime) -> str:
    return str(localize(localtime(at)))


def mail_link(email: Email) -> SafeString:
    return link(reverse("admin:notifications_email_change", args=[email.pk]), f"mail {email.pk}")


@require_GET
@xframe_options_sameorigin
def html_page(request: HttpRequest, email: Email) -> HttpResponse:
    """The HTML of a mail under a policy that lets it do nothing."""
    response = HttpResponse(email.for_staff(email.html))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@require_GET
def file_download(request: HttpRequest, email: Email, place: int) -> HttpResponse:
    """A file of the mail; 404 when it is not there."""
    try:
        file = fetch(email.attachments[place])
    except (IndexError, MissingAttachment) as error:
        raise Http404(str(error)) from error
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=file.name)}
    return HttpResponse(file.content, content_type=file.mimetype, headers=headers)


class TrackingInline(ReadOnlyInline):
    """Not shown where nothing was tracked: a mail server tracks nothing."""

    model = EmailEvent
    fields = ["occurred_at", "kind_label", "provider", "detail"]
    verbose_name_plural = "Tracking by the provider"
    hide_title = True

    @admin.display(description="Event")
    def kind_label(self, event: EmailEvent) -> SafeString:
        return badge(event.kind, event.kind.capitalize())

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and (obj is None or obj.tracking.exists())


@admin.register(Email)
class EmailAdmin(ReadOnlyStepsAdmin):
    """Every mail with what became of it. A secret link shows its token in the demo alone."""

    list_display = ["kind_label", "recipient", "subject", "status_label", "created_at", "sent_at"]
    list_filter = ["status", "kind", "created_at"]
    search_fields = ["recipient", "subject", "event"]
    search_help_text = "Recipient, subject or event"
    actions = ["send_chosen_again"]
    inlines = [TrackingInline]
    steps = [
        Step(
            name="send-again",
            label="Send again",
            icon="forward_to_inbox",
            variant="primary",
            permission=MAY,
            offered=lambda email: not obstacle(email),
            run=send_mail_again,
            question="The same mail goes to the same address once more.",
        ),
    ]
    fieldsets = [
        (None, {"fields": ["subject", "recipient", "user", "kind", "event"]}),
        (
            "Sending",
            {
                "fields": [
                    "state",
                    "attempts",
                    "created_at",
                    "due_at",
                    "sent_at",
                    "error",
                    "resent",
                    "removed_at",
                ]
            },
        ),
        ("Mail", {"fields": ["html_body", "text_body", "files"]}),
    ]
    readonly_fields = ["state", "due_at", "error", "resent", "removed_at", "html_body", "text_body", "files"]

    @admin.display(description="Kind", ordering="kind")
    def kind_label(self, email: Email) -> str:
        return email.kind.replace("_", " ").capitalize()

    @display(description="Status", ordering="status", label=colours)
    def status_label(self, email: Email) -> tuple[str, str]:
        return email.status, email.get_status_display()

    @admin.display(description="Status")
    def state(self, email: Email) -> SafeString:
        return badge(email.status, email.get_status_display())

    @admin.display(description="Next attempt", empty_value="-")
    def due_at(self, email: Email) -> str | None:
        return moment(email.next_attempt_at) if email.status == Email.Status.QUEUED else None

    @admin.display(description="Error", empty_value="-")
    def error(self, email: Email) -> SafeString | None:
        text = email.last_error
        return format_html('<span style="word-break:break-word">{}</span>', text) if text else None

    @admin.display(description="Sending again", empty_value="-")
    def resent(self, email: Email) -> SafeString | None:
        lines = [self.repeats(email)] if email.resent_from or email.resent_by else []
        lines += [
            format_html(
                "{} on {}, wanted by {}", mail_link(copy), moment(copy.created_at), copy.resent_by or "the customer"
            )
            for copy in email.resent.select_related("resent_by")
        ]
        lines += [format_html("not possible now: {}", problem)] if (problem := obstacle(email)) else []
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)) or None

    def repeats(self, email: Email) -> SafeString:
        wanted_by = email.resent_by or "the customer"
        if email.resent_from is None:
            return format_html("put back into the outbox by {}", wanted_by)
        return format_html("repeats {}, wanted by {}", mail_link(email.resent_from), wanted_by)

    @admin.display(description="Text removed", empty_value="-")
    def removed_at(self, email: Email) -> str | None:
        return moment(email.body_removed_at) if email.body_removed_at else None

    @admin.display(description="As HTML", empty_value="-")
    def html_body(self, email: Email) -> SafeString | None:
        if not email.html:
            return None
        return format_html(
            '<iframe sandbox="" title="The mail" src="{}" style="width:100%;max-width:720px;height:720px;'
            'border:1px solid rgba(128,128,128,.3);border-radius:8px"></iframe>',
            reverse("admin:notifications_email_html", args=[email.pk]),
        )

    @admin.display(description="As text")
    def text_body(self, email: Email) -> SafeString:
        return format_html(
            '<pre style="white-space:pre-wrap;word-break:break-word">{}</pre>', email.for_staff(email.text)
        )

    @admin.display(description="Attachments", empty_value="-")
    def files(self, email: Email) -> SafeString | None:
        links = [
            (reverse("admin:notifications_email_file", args=[email.pk, place]), file["name"])
            for place, file in enumerate(email.attachments)
        ]
        return format_html_join(mark_safe("<br>"), '<a class="text-primary-600" href="{}">{}</a>', links) or None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/html", view(self.html_view), name="notifications_email_html"),
            path("<int:pk>/files/<int:place>", view(self.file_view), name="notifications_email_file"),
            *super().get_urls(),
        ]

    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return html_page(request, self.find(request, pk))

    def file_view(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        return file_download(request, self.find(request, pk), place)

    def find(self, request: HttpRequest, pk: int) -> Email:
        if not self.has_view_permission(request):
            raise PermissionDenied
        email = self.get_queryset(request).filter(pk=pk).first()
        if email is None:
            raise Http404
        return email

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whether the role may send a mail again, although none may edit one."""
        return request.user.has_perm(MAY)

    @admin.action(description="Send again", permissions=["send"])
    def send_chosen_again(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        """Send the chosen mails again, those that can be; the others are named with the reason."""
        sent = 0
        for email in queryset:
            try:
                send_again(email=email, by=cast("User", request.user))
            except DomainError as refusal:
                self.message_user(request, f"{email}: {refusal.message}", messages.WARNING)
            else:
                self.log_change(request, email, "Send again")
                sent += 1
        if sent:
            self.message_user(request, f"{sent} on the way again.", messages.SUCCESS)
