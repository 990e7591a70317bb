"""The API's client for tests."""

import json
from typing import Any, Self

from rest_framework.test import APIClient

from accounts.models import User
from accounts.sessions.tokens import open_session
from core.api.faces import SHOP, face_at
from core.testing.declared import departures


class ApiClient(APIClient):
    """DRF's client whose paths are relative to a mount and whose bodies are JSON, unless they say otherwise.

    Every answer is held against the OpenAPI document: it has the keys that are declared, all of them, none more.
    A body of bytes goes as it is; `json.dumps` writes what DRF's renderer refuses (NaN, half of a surrogate pair).
    """

    mount = "/api"
    user: User
    tokens: dict[str, str]

    def login_as(self, user: User) -> Self:
        """Sign every further request with a token of `user`, for the face that it asks."""
        self.user, self.tokens = user, {}
        self.token_for(self.mount)
        return self

    def token_for(self, path: str) -> str:
        """The header that signs a request to this path."""
        face = (face_at(path) or SHOP).name
        if face not in self.tokens:
            self.tokens[face] = open_session(user=self.user, face=face).access
        return f"Bearer {self.tokens[face]}"

    def generic(  # type: ignore[override]  # the stubs know text alone
        self, method: str, path: str, data: Any = "", content_type: Any = "application/json", **extra: Any
    ) -> Any:
        url = path if path.startswith("/") else f"{self.mount}/{path}"
        raw: Any = data if isinstance(data, bytes | str) else json.dumps({} if data is None else data)
        stated: Any = content_type if raw else None
        if hasattr(self, "user"):
            extra.setdefault("HTTP_AUTHORIZATION", self.token_for(url))
        answer = super().generic(method, url, raw, stated, **extra)
        assert departures(answer) == []
        return answer

    def _encode_data(self, data: Any, format: str | None = None, content_type: str | None = None) -> Any:
        if format or content_type:
            return super()._encode_data(data, format, content_type)  # type: ignore[misc]  # the stubs leave it out
        return data, "application/json"


def client_of(user: User) -> ApiClient:
    """A client that is signed in."""
    return ApiClient().login_as(user)
