"""The outbox in the back office: to read, and to send again."""

from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from accounts.models import User
from core.admin.badges import badge, colours
from core.admin.steps import ReadOnlyStepsAdmin, Step
from core.errors import DomainError
from notifications.admin.columns import mail_link, moment
from notifications.admin.parts import file_download, html_page
from notifications.admin.tracking import TrackingInline
from notifications.models import Email
from notifications.outbox.resending import obstacle, send_again

MAY = "notifications.change_email"


def send_mail_again(email: Email, *, by: User) -> str:
    """The button on a mail's page. Raises NotSendable."""
    again = send_again(email=email, by=by)
    return "It is on its way again." if again.pk == email.pk else f"It is on its way again, as mail {again.pk}."


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
        """What it tells of, in words."""
        return email.kind.replace("_", " ").capitalize()

    @display(description="Status", ordering="status", label=colours)
    def status_label(self, email: Email) -> tuple[str, str]:
        """The status in its colour."""
        return email.status, email.get_status_display()

    @admin.display(description="Status")
    def state(self, email: Email) -> SafeString:
        """The same on the mail's own page."""
        return badge(email.status, email.get_status_display())

    @admin.display(description="Next attempt", empty_value="-")
    def due_at(self, email: Email) -> str | None:
        """When it is tried next, if it is to be tried."""
        return moment(email.next_attempt_at) if email.status == Email.Status.QUEUED else None

    @admin.display(description="Error", empty_value="-")
    def error(self, email: Email) -> SafeString | None:
        """Why the last attempt failed, or why it is not sent."""
        text = email.last_error
        return format_html('<span style="word-break:break-word">{}</span>', text) if text else None

    @admin.display(description="Sending again", empty_value="-")
    def resent(self, email: Email) -> SafeString | None:
        """Which mail it repeats and who wanted it, which mails repeat it, and why it cannot be sent again now."""
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
        """Why there is this mail, if it was sent again."""
        wanted_by = email.resent_by or "the customer"
        if email.resent_from is None:
            return format_html("put back into the outbox by {}", wanted_by)
        return format_html("repeats {}, wanted by {}", mail_link(email.resent_from), wanted_by)

    @admin.display(description="Text removed", empty_value="-")
    def removed_at(self, email: Email) -> str | None:
        """When its texts were removed for their age."""
        return moment(email.body_removed_at) if email.body_removed_at else None

    @admin.display(description="As HTML", empty_value="-")
    def html_body(self, email: Email) -> SafeString | None:
        """The mail as it looks, in a frame where nothing runs; None when it could not be rendered."""
        if not email.html:
            return None
        return format_html(
            '<iframe sandbox="" title="The mail" src="{}" style="width:100%;max-width:720px;height:720px;'
            'border:1px solid rgba(128,128,128,.3);border-radius:8px"></iframe>',
            reverse("admin:notifications_email_html", args=[email.pk]),
        )

    @admin.display(description="As text")
    def text_body(self, email: Email) -> SafeString:
        """The mail as plain text."""
        return format_html(
            '<pre style="white-space:pre-wrap;word-break:break-word">{}</pre>', email.for_staff(email.text)
        )

    @admin.display(description="Attachments", empty_value="-")
    def files(self, email: Email) -> SafeString | None:
        """The files that go with it, each to download; None when there are none."""
        links = [
            (reverse("admin:notifications_email_file", args=[email.pk, place]), file["name"])
            for place, file in enumerate(email.attachments)
        ]
        return format_html_join(mark_safe("<br>"), '<a class="text-primary-600" href="{}">{}</a>', links) or None

    def get_urls(self) -> list[URLPattern]:
        """Beside the usual pages: the HTML alone, and the files."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/html", view(self.html_view), name="notifications_email_html"),
            path("<int:pk>/files/<int:place>", view(self.file_view), name="notifications_email_file"),
            *super().get_urls(),
        ]

    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail's HTML, for the frame."""
        return html_page(request, self.find(request, pk))

    def file_view(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        """One of the mail's files, as it would be sent now."""
        return file_download(request, self.find(request, pk), place)

    def find(self, request: HttpRequest, pk: int) -> Email:
        """The mail, for those who may see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        email = self.get_queryset(request).filter(pk=pk).first()
        if email is None:
            raise Http404
        return email

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whether the role may send a mail again, although nobody may edit one."""
        return request.user.has_perm(MAY)

    @admin.action(description="Send again", permissions=["send"])
    def send_chosen_again(self, request: HttpRequest, queryset: QuerySet[Email]) -> None:
        """Send the chosen mails again, those that can be; the others are told with the reason."""
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
