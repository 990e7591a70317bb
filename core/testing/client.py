"""An API client for tests."""

import json
from typing import Any, Self

from django.test import Client

from accounts.models import User
from accounts.sessions import open_session


class ApiTestClient(Client):
    """Django's client with JSON bodies and a bearer token; answers have `.json()`."""

    def login_as(self, user: User) -> Self:
        """Sign every further request with a token of `user`."""
        self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {open_session(user=user).access}"
        return self

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request with a JSON body; `path` is relative to /api unless it is absolute."""
        url = path if path.startswith(("/api", "/payment", "/health", "/admin")) else f"/api/{path}"
        extra: dict[str, Any] = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        data = {} if body is None else body
        return self.generic(method, url, encode(data), content_type="application/json", **extra)

    def read(self, path: str, **query: Any) -> Any:
        """GET."""
        return super().get(path if path.startswith("/") else f"/api/{path}", query)

    def create(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST."""
        return self.send("POST", path, body, **headers)

    def replace(self, path: str, body: Any = None) -> Any:
        """PUT."""
        return self.send("PUT", path, body)

    def amend(self, path: str, body: Any = None) -> Any:
        """PATCH."""
        return self.send("PATCH", path, body)

    def remove(self, path: str) -> Any:
        """DELETE."""
        return self.send("DELETE", path)


def encode(body: Any) -> bytes:
    """`body` as JSON; bytes stay as they are."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()
