"""The page behind the link with which one leaves a waiting list, without signing in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from events.models import WaitingEntry
from events.selling import waiting

# The page needs its own style and its own button, and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


# A mail program has no cookie and no form of ours: what allows the post is the token in the address.
@method_decorator([never_cache, csrf_exempt], name="dispatch")
class LeaveWaitingList(View):
    """GET looks and changes nothing, since programs that scan mails open every link; POST leaves at once."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Say what the button would end; 404 for a link that is not ours, or not any more."""
        return page(request, waiting.entry_of(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Leave: 200, also when one left before; 404 for a link that is not ours, or not any more."""
        entry = waiting.entry_of(token)
        if entry:
            waiting.end(entry.pk, WaitingEntry.Status.LEFT)
        return page(request, waiting.entry_of(token))


def page(request: HttpRequest, entry: WaitingEntry | None) -> HttpResponse:
    """What became of the entry, and the button while there is something to leave."""
    is_open = entry is not None and entry.status in WaitingEntry.OPEN
    shown: dict[str, Any] = {"entry": entry, "is_open": is_open, "brand": settings.EVENTS_BRAND_NAME}
    response = render(request, "events/waiting_list.html", shown, status=200 if entry else 404)
    response["Content-Security-Policy"] = POLICY
    return response
