"""Clients of the box office's face."""

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
