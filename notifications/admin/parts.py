"""A mail's HTML and its files, each at an address of its own."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from notifications.models import Email
from notifications.outbox.attachments import MissingAttachment, fetch

# A mail may hold text from strangers: nothing in it runs, and nothing is fetched.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"


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
