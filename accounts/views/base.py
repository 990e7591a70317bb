"""What the endpoints of accounts share."""

from typing import Any

from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts import cookies
from accounts.serializers import UserBody
from accounts.sessions import Tokens
from core.api.views import ApiView


class OpenView(ApiView):
    """For people who are not signed in; an old token that their client still sends is not looked at."""

    authentication_classes = []
    permission_classes = [AllowAny]


def token_body(message: str, tokens: Tokens) -> dict[str, Any]:
    """The contract's words about new tokens."""
    return {
        "message": message,
        "token": tokens.access,
        "refresh_token": tokens.refresh,
        "expires_in": tokens.expires_in,
    }


def signed_in(message: str, tokens: Tokens, *, status: int = 200) -> Response:
    """Tokens, whose they are, and the cookie."""
    body = {**token_body(message, tokens), "user": UserBody(tokens.session.user).data}
    response = Response(body, status=status)
    cookies.remember(response, tokens)
    return response
