"""Joining, signing in and out, refreshing."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import cookies, languages, services
from accounts.authentication import bearer_token, request_session, user_of
from accounts.serializers import (
    Credentials,
    MeBody,
    RefreshBody,
    RefreshedBody,
    Registration,
    SignedInBody,
    UserBody,
)
from accounts.sessions import InvalidToken, Tokens, refresh_with_access, refresh_with_refresh
from accounts.throttles import LoginAccountThrottle
from accounts.views.base import OpenView, signed_in, token_body
from core.api.schema import MessageBody, errors
from core.api.throttles import LoginThrottle, RegisterThrottle
from core.api.views import ApiView


class RegisterView(OpenView):
    """POST: a new customer and their first session."""

    throttle_classes = [*OpenView.throttle_classes, RegisterThrottle]

    @extend_schema(request=Registration, responses={201: SignedInBody, **errors(409)})
    def post(self, request: Request) -> Response:
        """Register; 409 for an e-mail that has an account."""
        asked = languages.preferred(request.headers.get("Accept-Language", ""))
        user = services.register(**{"language": asked, **self.validated(Registration)})
        tokens = services.open_session_from(request=request._request, user=user)
        return signed_in("User registered successfully", tokens, status=201)


class LoginView(OpenView):
    """POST: a new session."""

    throttle_classes = [*OpenView.throttle_classes, LoginThrottle, LoginAccountThrottle]

    @extend_schema(request=Credentials, responses={200: SignedInBody, **errors(401)})
    def post(self, request: Request) -> Response:
        """Sign in; 401 for wrong credentials, 429 after too many of them."""
        tokens = services.sign_in(request=request._request, **self.validated(Credentials))
        return signed_in("Login successful", tokens)


class RefreshView(OpenView):
    """POST: new tokens for old ones."""

    @extend_schema(request=RefreshBody, responses={200: RefreshedBody, **errors(401)})
    def post(self, request: Request) -> Response:
        """Refresh with the body's refresh token, else the header's access token, else the cookie."""
        given = self.validated(RefreshBody).get("refresh_token")
        tokens = refresh_with_refresh(token=given) if given else self.refresh_without_body(request)
        response = Response(token_body("Token refreshed successfully", tokens))
        cookies.remember(response, tokens)
        return response

    def refresh_without_body(self, request: Request) -> Tokens:
        """New tokens by the header, or by the cookie when there is no header."""
        if access := bearer_token(request):
            return refresh_with_access(token=access)
        if cookie := request.COOKIES.get(cookies.NAME):
            return refresh_with_refresh(token=cookie)
        raise InvalidToken("A valid token is required.")


class LogoutView(ApiView):
    """POST: the end of this session."""

    @extend_schema(request=None, responses={200: MessageBody})
    def post(self, request: Request) -> Response:
        """Sign out; every token of the session is worthless at once."""
        services.sign_out(session=request_session(request))
        response = Response({"message": "Logged out successfully"})
        cookies.forget(response)
        return response


class MeView(ApiView):
    """GET: who is asking."""

    @extend_schema(responses={200: MeBody})
    def get(self, request: Request) -> Response:
        """The signed-in user."""
        return Response({"user": UserBody(user_of(request)).data})
