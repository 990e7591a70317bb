"""Joining, signing in and out, refreshing."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import languages, services
from accounts.api.sign_in import OpenView
from accounts.google import services as google
from accounts.google.identities import identity_of
from accounts.models import Session
from accounts.services import EmailTaken
from accounts.sessions import cookies
from accounts.sessions.authentication import (
    SessionTokenAuthentication,
    comes_from_allowed_site,
    cookie_session,
)
from accounts.sessions.lockout import LoginAccountThrottle
from accounts.sessions.tokens import InvalidToken, Tokens, refresh_with_refresh
from core.api.parsers import FormParser, JsonParser
from core.api.schema import errors
from core.api.shapes import DoneShape
from core.api.throttles import LoginThrottle, RegisterThrottle
from core.errors import Conflict, NotAuthenticated
from events.api.auth.inputs import GoogleInput, RefreshInput, RegistrationInput, SignInInput
from events.api.auth.shapes import AccessTokenShape, LoginShape, UserShape


class SigningView(OpenView):
    """What answers with tokens."""

    def signed_in(self, tokens: Tokens) -> Response:
        """Tokens and whose they are; the refresh token is out of reach for the scripts of a web page."""
        row = {"tokens": tokens, "token_type": "Bearer"}
        if "Origin" not in self.request.headers:
            row["refresh_token"] = tokens.refresh
        return self.with_cookie(self.answer(LoginShape.of(row), message="You are signed in."), tokens)

    def with_cookie(self, response: Response, tokens: Tokens) -> Response:
        """The answer with the refresh token's cookie, which pages of other sites cannot plant."""
        if comes_from_allowed_site(self.request):
            cookies.remember(response, tokens)
        return response


class RegisterView(OpenView):
    """POST: a new account."""

    throttle_classes = [*OpenView.throttle_classes, RegisterThrottle]

    @extend_schema(request=RegistrationInput, responses={201: UserShape, **errors(409)})
    def post(self, request: Request) -> Response:
        """Register; 409 for an e-mail that has an account."""
        asked = languages.preferred(request.headers.get("Accept-Language", ""))
        try:
            user = services.register(face=self.face.name, language=asked, **self.validated(RegistrationInput))
        except EmailTaken as error:
            raise Conflict(error.message) from error
        return self.answer(UserShape.of(user), message="Your account is there. Please sign in.", status=201)


class LoginView(SigningView):
    """POST: a new session."""

    parser_classes = [JsonParser, FormParser]
    throttle_classes = [*OpenView.throttle_classes, LoginThrottle, LoginAccountThrottle]

    @extend_schema(request=SignInInput, responses={200: LoginShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Sign in; 401 for wrong credentials, 429 after too many of them."""
        return self.signed_in(services.sign_in(request=request._request, **self.validated(SignInInput)))


class GoogleView(SigningView):
    """POST: a new session for whom Google knows."""

    throttle_classes = [*OpenView.throttle_classes, LoginThrottle]

    @extend_schema(request=GoogleInput, responses={200: LoginShape, **errors(401, 409, 503)})
    def post(self, request: Request) -> Response:
        """Sign in with Google's ID token; 400 for one that is not good, 503 where Google cannot be asked."""
        identity = identity_of(self.validated(GoogleInput)["token"])
        return self.signed_in(google.sign_in(request=request._request, identity=identity))


class RefreshView(SigningView):
    """POST: new tokens for a refresh token."""

    @extend_schema(request=RefreshInput, responses={200: AccessTokenShape, **errors(401, 403)})
    def post(self, request: Request) -> Response:
        """Refresh with the body's refresh token, else with the cookie; what is no token is a bad one."""
        try:
            given = self.validated(RefreshInput).get("refresh_token") or self.cookie()
        except ValidationError as error:
            raise InvalidToken from error
        tokens = refresh_with_refresh(token=given, face=self.face.name)
        shown = AccessTokenShape.of({"tokens": tokens, "token_type": "Bearer"})
        return self.with_cookie(self.answer(shown, message="Here is a new token."), tokens)

    def cookie(self) -> str:
        """The cookie, if a page may use it. Raises InvalidToken, ForeignOrigin."""
        if cookie_session(self.request) is None:
            raise InvalidToken
        return self.request.COOKIES[cookies.NAME]


class LogoutView(OpenView):
    """POST: the end of a session."""

    @extend_schema(request=None, responses={200: DoneShape, **errors(403)})
    def post(self, request: Request) -> Response:
        """Sign out, whether signed in or not; every token of the session is worthless at once."""
        for session in filter(None, (self.session_of_bearer(), self.session_of_cookie())):
            services.sign_out(session=session)
        response = self.answer(message="You are signed out.")
        cookies.forget(response, face=self.face.name)
        return response

    def session_of_bearer(self) -> Session | None:
        try:
            known = SessionTokenAuthentication().authenticate(self.request)
        except NotAuthenticated:
            return None
        return known[1] if known else None

    def session_of_cookie(self) -> Session | None:
        """Raises ForeignOrigin."""
        try:
            return cookie_session(self.request)
        except InvalidToken:
            return None
