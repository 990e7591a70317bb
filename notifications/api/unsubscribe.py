"""The page behind the link in a mail's footer, and the address that mail programs post to (RFC 8058)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from notifications.mails.wording import reading
from notifications.outbox.unsubscribe import Subscription, subscription_of

# The page needs its own style and its own button, and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


# A mail program has no cookie and no form of ours: what allows the post is the signature in the address.
@method_decorator([never_cache, csrf_exempt], name="dispatch")
class Unsubscribe(View):
    """GET looks and changes nothing, since programs that scan mails open every link; POST unsubscribes at once."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Say what the button would end; 404 for a link that is not ours."""
        return page(request, subscription_of(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """End these mails: 200, also when they were ended before; 404 for a link that is not ours."""
        subscription = subscription_of(token)
        if subscription:
            subscription.end()
        return page(request, subscription, done=True)


def page(request: HttpRequest, subscription: Subscription | None, *, done: bool = False) -> HttpResponse:
    """The page in the language of the mail's reader."""
    with reading(subscription.user if subscription else None):
        shown: dict[str, Any] = {"done": done, "group": subscription.label if subscription else ""}
        response = render(request, "notifications/unsubscribe.html", shown, status=200 if subscription else 404)
    response["Content-Security-Policy"] = POLICY
    return response
