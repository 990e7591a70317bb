"""Joining, signing in and out."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.sign_in import OpenView
from accounts.sessions.authentication import request_session
from accounts.sessions.lockout import LoginAccountThrottle
from core.api.schema import errors
from core.api.shapes import MessageShape
from core.api.throttles import LoginThrottle, RegisterThrottle
from core.api.views import ApiView
from storesync import operators
from storesync.api.inputs import RegistrationInput, SignInInput
from storesync.api.shapes import HubSignInShape
from storesync.models.operator import username_key


class LoginNameThrottle(LoginAccountThrottle):
    """Tries to sign in by one name, in whatever case."""

    def name_in(self, body: dict[str, Any]) -> Any:
        return body.get("username")

    def digest(self, name: str) -> str:
        return username_key(name)


class RegisterView(OpenView):
    """POST: a new user."""

    throttle_classes = [*OpenView.throttle_classes, RegisterThrottle]

    @extend_schema(request=RegistrationInput, responses={200: MessageShape, **errors(403)})
    def post(self, request: Request) -> Response:
        """Register; 400 for a name that is taken, 403 where registration is closed."""
        operators.register(**self.validated(RegistrationInput))
        return self.answer({"message": "User registered successfully"})


class LoginView(OpenView):
    """POST: a new session."""

    throttle_classes = [*OpenView.throttle_classes, LoginThrottle, LoginNameThrottle]

    @extend_schema(request=SignInInput, responses={200: HubSignInShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Sign in; 401 for wrong credentials, 429 after too many of them."""
        tokens = operators.sign_in(request=request._request, **self.validated(SignInInput))
        return self.answer(HubSignInShape.of(tokens))


class LogoutView(ApiView):
    """POST: the end of a session."""

    @extend_schema(request=None, responses={200: MessageShape})
    def post(self, request: Request) -> Response:
        """Sign out; the token is worthless at once."""
        services.sign_out(session=request_session(request))
        return self.answer({"message": "Logged out"})
