"""The way over Google's own page, which a browser goes by itself: it is always sent on, never shown JSON."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.sign_in import OpenView
from accounts.google import redirects
from accounts.google import services as google
from accounts.google.errors import InvalidGoogleToken
from accounts.sessions import cookies
from core.api.envelope import code_of
from core.api.errors import Unexpected, refusal_of, report
from core.api.throttles import LoginThrottle

COOKIE = "google_sign_in"
ON = {302: OpenApiResponse(description="To the next page.")}


class RedirectView(OpenView):
    """GET: the next page; whatever is refused leads to the login page of the web client."""

    throttle_classes = [*OpenView.throttle_classes, LoginThrottle]

    def handle_exception(self, error: Exception) -> Response | HttpResponseRedirect:  # type: ignore[override]
        if self.request.method not in ("GET", "HEAD"):
            return super().handle_exception(error)
        refusal = refusal_of(error)
        if isinstance(refusal, Unexpected):
            report(error, self.get_exception_handler_context())
        query = urlencode({"error": code_of(refusal)})
        return HttpResponseRedirect(f"{settings.EVENTS_FRONTEND_URL}/login?{query}")

    @property
    def redirect_uri(self) -> str:
        """Where Google sends the browser back to, whichever mount it came from."""
        return f"{settings.SITE_URL}{self.face.mounts[0]}/auth/google/callback"


class GoogleLoginView(RedirectView):
    """GET: to Google."""

    @extend_schema(responses=ON)
    def get(self, request: Request) -> HttpResponseRedirect:
        """Go to Google's sign-in page."""
        departure = redirects.depart(redirect_uri=self.redirect_uri)
        response = HttpResponseRedirect(departure.url)
        response.set_cookie(
            COOKIE,
            departure.kept,
            max_age=redirects.LIFE,
            path=self.face.cookie_path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",  # Google's page leads back here, which Strict would take for a foreign visit
        )
        return response


class GoogleCallbackView(RedirectView):
    """GET: back from Google."""

    @extend_schema(responses=ON)
    def get(self, request: Request) -> HttpResponseRedirect:
        """Sign in with what Google gave, and go to the web client."""
        query = request.query_params
        if "error" in query:
            raise InvalidGoogleToken
        identity = redirects.arrive(
            kept=request.COOKIES.get(COOKIE, ""),
            state=query.get("state", ""),
            code=query.get("code", ""),
            redirect_uri=self.redirect_uri,
        )
        tokens = google.sign_in(request=request._request, identity=identity)
        response = HttpResponseRedirect(settings.EVENTS_FRONTEND_URL)
        cookies.remember(response, tokens)
        response.delete_cookie(COOKIE, path=self.face.cookie_path, samesite="Lax")
        return response
