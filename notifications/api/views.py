"""Preferences, the page behind a mail's unsubscribe link, and the webhook of the mail provider."""

import logging
from typing import Any

from anymail.exceptions import AnymailConfigurationError
from anymail.urls import urlpatterns as anymail_urls
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from core.api.faces import SHOP
from core.api.views import ApiView
from notifications.api import shapes
from notifications.api.inputs import PreferencesInput
from notifications.in_app import preferences
from notifications.mails.brands import brand_of
from notifications.mails.wording import reading
from notifications.outbox.unsubscribe import Subscription, subscription_of

logger = logging.getLogger(__name__)

# The page needs its own style and its own button, and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# Anymail's view for each provider, by the provider's name (Mandrill has one for everything).
VIEWS: dict[str, Any] = {
    str(pattern.name).removesuffix("_webhook").removesuffix("_tracking"): pattern.callback
    for pattern in anymail_urls
    if "_inbound" not in str(pattern.name)
}


class Preferences(ApiView):
    @extend_schema(operation_id="notifications_preferences", responses={200: shapes.MailPreferencesShape})
    def get(self, request: Request) -> Response:
        """Answer every kind that may reach the user, each channel on or off, and which cannot be switched off."""
        with reading(self.user):
            return Response(shapes.MailPreferencesShape.of(preferences_of(self.user)))

    @extend_schema(
        operation_id="notifications_change_preferences",
        request=PreferencesInput,
        responses={200: shapes.ChangedPreferencesShape},
    )
    def put(self, request: Request) -> Response:
        """Switch the given channels of the given kinds; every other stays. 400 for what is required."""
        preferences.change(user=self.user, switches=self.validated(PreferencesInput)["preferences"])
        answer = {"message": "Preferences updated", **preferences_of(self.user)}
        with reading(self.user):
            return Response(shapes.ChangedPreferencesShape.of(answer))


def preferences_of(user: User) -> dict[str, Any]:
    return {"preferences": preferences.switches_of(user), "kinds": preferences.mails_for(user)}


# A mail program has no cookie and no form of ours: what allows the post is the signature in the address.
@method_decorator([never_cache, csrf_exempt], name="dispatch")
class Unsubscribe(View):
    """GET looks and changes nothing, since programs that scan mails open every link; POST unsubscribes at once."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Say what the button would end; 404 for a link that is not ours."""
        return unsubscribe_page(request, subscription_of(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """End these mails: 200, also when they were ended before; 404 for a link that is not ours."""
        subscription = subscription_of(token)
        if subscription:
            subscription.end()
        return unsubscribe_page(request, subscription, done=True)


def unsubscribe_page(request: HttpRequest, subscription: Subscription | None, *, done: bool = False) -> HttpResponse:
    """The page in the language of the mail's reader."""
    with reading(subscription.user if subscription else None):
        shown: dict[str, Any] = {"done": done, "brand": brand_of(SHOP.name), "group": ""}
        if subscription:
            shown |= {"brand": subscription.brand, "group": subscription.label}
        response = render(request, "notifications/unsubscribe.html", shown, status=200 if subscription else 404)
    response["Content-Security-Policy"] = POLICY
    return response


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class TrackingWebhook(View):
    """The tracking of the provider in use; 404 for any other.

    403 unless it proves who it is, by its signature or by ANYMAIL_WEBHOOK_SECRET; 400 for a body that it would never
    send. 503 when we cannot keep the event: it is then sent again.
    """

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        return tracking_answer(request, provider)

    def head(self, request: HttpRequest, provider: str) -> HttpResponse:
        # Some providers ask for it when they are set up.
        return tracking_answer(request, provider)


def tracking_answer(request: HttpRequest, provider: str) -> HttpResponse:
    """Let Anymail's view of the provider answer, if that one is in use and can prove who it is."""
    view = VIEWS.get(provider)
    if view is None or provider != settings.EMAIL_PROVIDER:
        raise Http404
    if not is_guarded(view):
        logger.error("The webhook of %s has neither a signing key nor ANYMAIL_WEBHOOK_SECRET: it is closed", provider)
        return HttpResponse(status=403)
    return anymail_answer(view, request)


def is_guarded(view: Any) -> bool:
    """Whether the view can authenticate the provider; False, too, when its keys are missing."""
    try:
        made = view.view_class(webhook_secret="any, to ask only for its keys")
    except (AnymailConfigurationError, ImportError):
        return False
    return bool(settings.ANYMAIL["WEBHOOK_SECRET"]) or not made.warn_if_no_basic_auth


def anymail_answer(view: Any, request: HttpRequest) -> HttpResponse:
    try:
        response: HttpResponse = view(request)
    except SuspiciousOperation:
        logger.warning("A webhook about mails was refused: wrong signature or secret")
        return HttpResponse(status=403)
    except DatabaseError:
        logger.exception("An event about a mail could not be kept; the provider will send it again")
        return HttpResponse(status=503)
    except Exception as error:  # an edge: Anymail trusts the shape of a signed body
        logger.warning("A webhook about mails could not be read: %s", type(error).__name__)
        return HttpResponse(status=400)
    return response
