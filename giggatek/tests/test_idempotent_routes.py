"""Every route that takes an Idempotency-Key is asked twice: one answer, one effect. And which routes take none."""

import pytest
from django.apps import apps
from django.urls import resolve

from core.api.idempotency import takes_key
from core.models import IdempotentRequest
from giggatek.tests.keyed import is_replayed, post, said
from giggatek.tests.route_table import ROWS
from giggatek.tests.world import bodies, client_for, path_for

pytestmark = pytest.mark.django_db

POSTS = [row for row in ROWS if row.method == "POST" and row.is_api]
# What answers with secrets, changes nothing, or is safe to repeat as it is.
WITHOUT_KEY = {
    "/api/auth/register", "/api/auth/login", "/api/auth/refresh-token", "/api/auth/logout",
    "/api/auth/password-reset-request", "/api/auth/password-reset", "/api/auth/change-password",
    "/api/auth/verify-email", "/api/auth/resend-verification", "/api/auth/addresses/{address}/default",
    "/api/user/addresses/{address}/default", "/api/rentals/quote", "/api/payments/webhook",
    "/api/payments/webhook/{gateway}", "/api/payment/webhook", "/payment/webhook.php",
    "/api/notifications/read-all", "/api/user/notifications/read-all",
    "/api/payment/webhook/{gateway}",
}  # fmt: skip
# At the box office, whose contract names it for this call alone.
WITHOUT_KEY |= {row.path for row in POSTS if row.path.startswith("/events/")} - {"/events/api/v1/orders"}
# The contract of the hub names no key.
WITHOUT_KEY |= {row.path for row in POSTS if row.path.startswith("/sync-hub/")}


def rows_of_everything():
    """How many rows each table has; what keeps the answers is no effect."""
    models = [model for model in apps.get_models() if model is not IdempotentRequest]
    return {model._meta.label: model._default_manager.count() for model in models}


def post_of(view):
    """What answers a POST: a viewset's action, or the method of that name."""
    return getattr(view.cls, getattr(view, "actions", {}).get("post", "post"))


def test_every_post_takes_a_key_but_these(world):
    without = {row.path for row in POSTS if not takes_key(post_of(resolve(path_for(world, row.path)).func))}
    assert without == WITHOUT_KEY


@pytest.mark.parametrize(
    "row", [row for row in POSTS if row.path not in WITHOUT_KEY], ids=lambda row: f"{row.path} {row.body}"
)
def test_every_route_with_a_key_answers_twice_and_acts_once(world, row):
    api, path, body = client_for(world, row.best_role), path_for(world, row.path), bodies(world)[row.body]
    first = post(api, path, body)
    assert (first.status_code, is_replayed(first)) == (row.statuses[row.best_role], False)
    after = rows_of_everything()
    again = post(api, path, body)
    assert (said(again), is_replayed(again)) == (said(first), True)
    assert again["Content-Type"] == first["Content-Type"]
    assert rows_of_everything() == after


def test_the_document_names_the_header_and_the_conflict(client):
    paths = client.get("/api/schema").json()["paths"]
    operation = paths["/api/orders"]["post"]
    (header,) = [one for one in operation["parameters"] if one["in"] == "header"]
    assert (header["name"], header["schema"]["type"], "409" in operation["responses"]) == (
        "Idempotency-Key", "string", True,
    )  # fmt: skip
    assert "parameters" not in paths["/api/auth/login"]["post"]
    assert "409" not in paths["/api/rentals/quote"]["post"]["responses"]
