"""The outbox in the back office: to read, and to send again what failed."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST
from unfold.decorators import display

from core.admin.base import ReadOnlyAdmin
from notifications.attachments import MissingAttachment, fetch
from notifications.models import Email
from notifications.outbox import queue_again

# A mail may hold text from strangers: nothing in it runs, and nothing is fetched.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
STATUS_COLOURS = {
    Email.Status.QUEUED: "info",
    Email.Status.SENT: "success",
    Email.Status.FAILED: "danger",
}


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    """Every mail with what became of it. A secret link shows its token in the demo alone."""

    list_display = ["kind", "recipient", "subject", "status_label", "attempts", "created_at", "sent_at"]
    list_filter = ["status", "kind", "created_at"]
    search_fields = ["recipient", "subject", "event"]
    actions = ["send_again"]
    change_form_outer_before_template = "notifications/send_again.html"
    fieldsets = [
        (None, {"fields": ["subject", "recipient", "user", "kind", "event"]}),
        ("Sending", {"fields": ["status", "attempts", "created_at", "due_at", "sent_at", "last_error"]}),
        ("Mail", {"fields": ["html_body", "text_body", "files"]}),
    ]
    readonly_fields = ["due_at", "html_body", "text_body", "files"]

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_label(self, email: Email) -> tuple[str, str]:
        """The status in its colour."""
        return email.status, email.get_status_display()

    @admin.display(description="Next attempt", empty_value="-")
    def due_at(self, email: Email) -> str | None:
        """When it is tried next, if it is to be tried."""
        waiting = email.status == Email.Status.QUEUED
        return str(localize(localtime(email.next_attempt_at))) if waiting else None

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
        """Beside the usual pages: the HTML alone, the files, and the button."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/html", view(self.html_view), name="notifications_email_html"),
            path("<int:pk>/files/<int:place>", view(self.file_view), name="notifications_email_file"),
            path("<int:pk>/send-again", view(self.send_again_view), name="notifications_email_send_again"),
            *super().get_urls(),
        ]

    def html_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail's HTML, for the frame."""
        return html_page(request, self.find(request, pk))

    def file_view(self, request: HttpRequest, pk: int, place: int) -> HttpResponse:
        """One of the mail's files, as it would be sent now."""
        return file_download(request, self.find(request, pk), place)

    def send_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button on a mail's page."""
        if not self.has_send_permission(request):
            raise PermissionDenied
        return send_again_from_page(request, self, self.find(request, pk))

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
        return request.user.has_perm("notifications.change_email")

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        """Put the failed ones among the chosen mails back into the outbox."""
        queued = sum(queue_again(email=email) for email in queryset)
        self.tell(request, queued)

    def tell(self, request: HttpRequest, queued: int) -> None:
        """What became of the wish to send again."""
        if queued:
            self.message_user(request, f"{queued} queued to be sent again.", messages.SUCCESS)
        else:
            self.message_user(request, "Only a failed mail can be sent again.", messages.WARNING)


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


@require_POST
def send_again_from_page(request: HttpRequest, page: EmailAdmin, email: Email) -> HttpResponse:
    """Send one mail again and go back to its page."""
    page.tell(request, int(queue_again(email=email)))
    return HttpResponseRedirect(reverse("admin:notifications_email_change", args=[email.pk]))
