"""Clients of the box office's face."""

from typing import Any

from accounts.models import User
from core.testing.client import ApiClient


class EventsClient(ApiClient):
    """Its paths are relative to the first mount."""

    mount = "/events/api/v1"


class WebClient(ApiClient):
    """Its paths are relative to the second mount, which the shipped web client asks for its favourites."""

    mount = "/events/client/api/v1"


def events_client(user: User | None = None) -> EventsClient:
    """A client, signed in as `user` if one is given."""
    return EventsClient().login_as(user) if user else EventsClient()


def bearer(token: str) -> dict[str, str]:
    """The header that brings an access token."""
    return {"Authorization": f"Bearer {token}"}


def error(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal, whose body has the contract's form."""
    body = answer.json()
    assert body["success"] is False
    assert (body["status"], body["message"]) == (answer.status_code, body["error"]["message"])
    return answer.status_code, body["error"]["code"]


def wrong(answer: Any) -> tuple[str, str]:
    """The first wrong field of a 400, and what it does not keep to."""
    assert error(answer) == (400, "VALIDATION_ERROR")
    details = answer.json()["error"]["details"]
    assert details["field"] in details["fields"]
    return details["field"], details["constraint"]
