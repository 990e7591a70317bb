"""Where the provider tells what became of our mails: Anymail's own views, for the provider in use and no other."""

import logging
from typing import Any

from anymail.exceptions import AnymailConfigurationError
from anymail.urls import urlpatterns as anymail_urls
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

logger = logging.getLogger(__name__)

# Anymail's view for each provider, by the provider's name (Mandrill has one for everything).
VIEWS: dict[str, Any] = {
    str(pattern.name).removesuffix("_webhook").removesuffix("_tracking"): pattern.callback
    for pattern in anymail_urls
    if "_inbound" not in str(pattern.name)
}


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class TrackingWebhook(View):
    """The provider in use tells what became of mails; 404 for any other.

    403 unless it proves who it is, by its signature or by ANYMAIL_WEBHOOK_SECRET; 400 for a body that it would never
    send. 503 when we cannot keep what it says: it then tells us again.
    """

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        """Hear it."""
        return hear(request, provider)

    def head(self, request: HttpRequest, provider: str) -> HttpResponse:
        """Some providers look whether anybody is there when they are set up."""
        return hear(request, provider)


def hear(request: HttpRequest, provider: str) -> HttpResponse:
    """Let Anymail's view of the provider answer, if that one is in use and can prove who it is."""
    view = VIEWS.get(provider)
    if view is None or provider != settings.EMAIL_PROVIDER:
        raise Http404
    if not is_guarded(view):
        logger.error("The webhook of %s has neither a signing key nor ANYMAIL_WEBHOOK_SECRET: it is closed", provider)
        return HttpResponse(status=403)
    return answer(view, request)


def is_guarded(view: Any) -> bool:
    """Whether the view can tell the provider from anybody else; False, too, when its keys are missing."""
    try:
        made = view.view_class(webhook_secret="any, to ask only for its keys")
    except (AnymailConfigurationError, ImportError):
        return False
    return bool(settings.ANYMAIL["WEBHOOK_SECRET"]) or not made.warn_if_no_basic_auth


def answer(view: Any, request: HttpRequest) -> HttpResponse:
    """Anymail's answer, or ours for what it does not expect."""
    try:
        response: HttpResponse = view(request)
    except SuspiciousOperation:
        logger.warning("A webhook about mails was refused: wrong signature or secret")
        return HttpResponse(status=403)
    except DatabaseError:
        logger.exception("What a provider told of a mail could not be kept; it will tell again")
        return HttpResponse(status=503)
    except Exception as error:  # an edge: Anymail trusts the shape of a body that somebody signed
        logger.warning("A webhook about mails could not be read: %s", type(error).__name__)
        return HttpResponse(status=400)
    return response
