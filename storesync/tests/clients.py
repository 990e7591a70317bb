"""Clients of the hub's face."""

import re

from core.testing.client import ApiClient

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class HubClient(ApiClient):
    """Its paths are relative to the mount."""

    mount = "/sync-hub"


def hub_client(user=None):
    """A client, signed in as `user` if one is given."""
    return HubClient().login_as(user) if user else HubClient()


def bearer(token):
    """The header that brings a token."""
    return {"Authorization": f"Bearer {token}"}


def refusal(answer):
    """Status and text of a refusal, whose body has the contract's form."""
    body = answer.json()
    assert set(body) - {"fields"} == {"error", "details", "code"}, body
    assert all(isinstance(body[key], str) and body[key] for key in ("error", "details", "code")), body
    return answer.status_code, body["error"]


def wrong(answer):
    """The fields that a 400 names, with the form of its body."""
    assert refusal(answer)[0] == 400, answer.content
    fields = answer.json()["fields"]
    assert all(name in answer.json()["details"] for name in fields)
    return set(fields)
