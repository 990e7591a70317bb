"""Joining, signing in and out, refreshing."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import languages, services
from accounts.api.inputs import RefreshInput, RegistrationInput, SignInInput
from accounts.api.shapes import OneUserShape, SignedInShape, TokensShape
from accounts.sessions import cookies
from accounts.sessions.authentication import bearer_token, request_session
from accounts.sessions.faces import face_of
from accounts.sessions.lockout import LoginAccountThrottle
from accounts.sessions.tokens import InvalidToken, Tokens, refresh_with_access, refresh_with_refresh
from core.api.schema import errors
from core.api.shapes import MessageShape
from core.api.throttles import LoginThrottle, RegisterThrottle
from core.api.views import ApiView


class OpenView(ApiView):
    """For people who are not signed in; an old token that their client still sends is not looked at."""

    authentication_classes = []
    permission_classes = [AllowAny]


def signed_in(message: str, tokens: Tokens, *, status: int = 200) -> Response:
    """Tokens, whose they are, and the cookie."""
    response = Response(SignedInShape.of({"message": message, "tokens": tokens}), status=status)
    cookies.remember(response, tokens)
    return response


class RegisterView(OpenView):
    """POST: a new customer and their first session."""

    throttle_classes = [*OpenView.throttle_classes, RegisterThrottle]

    @extend_schema(request=RegistrationInput, responses={201: SignedInShape, **errors(409)})
    def post(self, request: Request) -> Response:
        """Register; 409 for an e-mail that has an account."""
        asked = languages.preferred(request.headers.get("Accept-Language", ""))
        user = services.register(**{"language": asked, **self.validated(RegistrationInput)})
        tokens = services.open_session_from(request=request._request, user=user)
        return signed_in("User registered successfully", tokens, status=201)


class LoginView(OpenView):
    """POST: a new session."""

    throttle_classes = [*OpenView.throttle_classes, LoginThrottle, LoginAccountThrottle]

    @extend_schema(request=SignInInput, responses={200: SignedInShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Sign in; 401 for wrong credentials, 429 after too many of them."""
        tokens = services.sign_in(request=request._request, **self.validated(SignInInput))
        return signed_in("Login successful", tokens)


class RefreshView(OpenView):
    """POST: new tokens for old ones."""

    @extend_schema(request=RefreshInput, responses={200: TokensShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Refresh with the body's refresh token, else the header's access token, else the cookie."""
        given = self.validated(RefreshInput).get("refresh_token")
        face = face_of(request._request)
        tokens = refresh_with_refresh(token=given, face=face) if given else self.refresh_without_body(request, face)
        response = Response(TokensShape.of({"message": "Token refreshed successfully", "tokens": tokens}))
        cookies.remember(response, tokens)
        return response

    def refresh_without_body(self, request: Request, face: str) -> Tokens:
        """New tokens by the header, or by the cookie when there is no header."""
        if access := bearer_token(request):
            return refresh_with_access(token=access, face=face)
        if cookie := request.COOKIES.get(cookies.NAME):
            return refresh_with_refresh(token=cookie, face=face)
        raise InvalidToken("A valid token is required.")


class LogoutView(ApiView):
    """POST: the end of this session."""

    @extend_schema(request=None, responses={200: MessageShape})
    def post(self, request: Request) -> Response:
        """Sign out; every token of the session is worthless at once."""
        services.sign_out(session=request_session(request))
        response = Response(MessageShape.of({"message": "Logged out successfully"}))
        cookies.forget(response, face=face_of(request._request))
        return response


class MeView(ApiView):
    """GET: who is asking."""

    @extend_schema(responses={200: OneUserShape})
    def get(self, request: Request) -> Response:
        """The signed-in user."""
        return Response(OneUserShape.of({"user": self.user}))
