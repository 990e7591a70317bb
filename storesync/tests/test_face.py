"""The hub's face: the form of its errors, its limits, and what its tokens open."""

import json

import jwt
import pytest
from django.conf import settings as project

from accounts.sessions.tokens import open_session
from storesync.tests.clients import bearer, hub_client, refusal

pytestmark = pytest.mark.django_db

NO_TOKEN, BAD_TOKEN = (401, "No token provided"), (401, "Invalid token")
MIB = 1024 * 1024


def forged(token, *, key=None, algorithm="HS256", **changes):
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    return jwt.encode(claims, key or project.JWT_SECRET_KEY, algorithm=algorithm)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer   "])
def test_without_a_token(stranger, header):
    answer = stranger.post("auth/logout", headers={} if header is None else {"Authorization": header})
    assert refusal(answer) == NO_TOKEN
    assert answer["WWW-Authenticate"] == "Bearer"


def test_bad_tokens_have_one_text(stranger, merchant):
    good = open_session(user=merchant, face="hub").access
    ended = open_session(user=merchant, face="hub")
    ended.session.revoked_at = ended.session.created_at
    ended.session.save()
    bad = [
        "a.b.c", "x", good[:-2], f"{good}x", forged(good, exp=1), forged(good, key="k" * 40),
        jwt.encode(jwt.decode(good, options={"verify_signature": False}), None, algorithm="none"),
        open_session(user=merchant).access, open_session(user=merchant, face="events").access,
        open_session(user=merchant, face="hub").refresh, ended.access,
    ]  # fmt: skip
    assert {refusal(stranger.post("auth/logout", headers=bearer(token))) for token in bad} == {BAD_TOKEN}
    assert refusal(stranger.post("auth/logout", headers={"Authorization": f"Basic {good}"})) == BAD_TOKEN
    assert stranger.post("auth/logout", headers=bearer(good)).status_code == 200


def test_a_token_of_the_hub_opens_neither_shop_nor_box_office(stranger, merchant):
    token = open_session(user=merchant, face="hub").access
    for path in ("/api/auth/me", "/events/api/v1/auth/me"):
        assert stranger.get(path, headers=bearer(token)).status_code == 401


@pytest.mark.parametrize("path", ["health", "schema", "auth/login"])
def test_a_slash_changes_nothing(stranger, path):
    method = stranger.post if path.startswith("auth") else stranger.get
    assert method(path).status_code == method(f"{path}/").status_code in (200, 400)


@pytest.mark.parametrize("path", ["/sync-hub", "/sync-hub/", "/sync-hub/nope", "/sync-hub/auth/login/x"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_is_no_address_is_404_in_the_contracts_form(stranger, method, path):
    assert refusal(stranger.generic(method, path, {}))[0] == 404


def test_health_is_flat(stranger):
    assert stranger.get("health").json() == {"status": "ok"}


def test_wrong_fields_are_told_as_a_text_and_by_name(stranger):
    body = stranger.post("auth/login", {"username": 5}).json()
    assert body == {
        "error": "username: Not a valid string.",
        "details": "username: Not a valid string. password: This field is required.",
        "code": "invalid",
        "fields": {"username": ["Not a valid string."], "password": ["This field is required."]},
    }


def test_other_methods_types_and_bodies_are_refused_in_form(stranger):
    assert refusal(stranger.get("auth/login"))[0] == 405
    assert refusal(stranger.post("auth/login", b"a=b", content_type="application/x-www-form-urlencoded"))[0] == 415
    assert refusal(stranger.post("auth/login", b"{"))[0] == 400
    assert refusal(stranger.post("auth/login", b"[]"))[0] == 400
    assert refusal(stranger.post("auth/login", json.dumps({"a": "x" * 300_000}).encode()))[0] == 413


def test_a_failure_on_our_side_says_nothing_about_the_inside(stranger, monkeypatch):
    stranger.raise_request_exception = False
    monkeypatch.setattr("storesync.operators.sign_in", lambda **_: 1 / 0)
    answer = stranger.post("auth/login", {"username": "ada", "password": "x"})
    assert refusal(answer) == (500, "Something went wrong on our side.")


def test_a_webhook_may_be_larger_than_other_bodies(stranger, settings):
    settings.SYNC_MAX_BODY = 100
    for size, status in ((101, 404), (5 * MIB, 404), (5 * MIB + 1, 413)):
        assert stranger.post("connections/webhook/nope", b"x" * size).status_code == status
        assert stranger.post("connections/webhook/nope/", b"x" * size).status_code == status
    assert stranger.post("connections/webhooks", b"x" * 101).status_code == 413
    assert stranger.post("/api/connections/webhook/nope", b"x" * 300_000).status_code == 413


def test_strangers_and_users_have_limits_of_their_own(stranger, merchant, settings):
    settings.SYNC_THROTTLE_ANON, settings.SYNC_THROTTLE_USER = "2/min", "3/min"
    refused = [stranger.post("auth/logout") for _ in range(3)]
    assert [answer.status_code for answer in refused] == [401, 401, 429]
    assert 0 < int(refused[-1]["Retry-After"]) <= 61 and refusal(refused[-1])[0] == 429
    mine = hub_client(merchant)
    assert [mine.get("auth/logout").status_code for _ in range(4)] == [405, 405, 405, 429]
    assert stranger.get("/api/products").status_code == 200


def test_only_pages_of_the_setting_may_call_and_without_cookies(stranger, settings):
    assert "Access-Control-Allow-Origin" not in stranger.get("health", HTTP_ORIGIN="http://localhost:3000")
    settings.SYNC_CORS_ORIGINS = ["https://hub.example"]
    answer = stranger.get("health", HTTP_ORIGIN="https://hub.example")
    assert answer["Access-Control-Allow-Origin"] == "https://hub.example"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Access-Control-Allow-Origin" not in stranger.get("health", HTTP_ORIGIN="https://evil.example")
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    shop = stranger.get("/api/products", HTTP_ORIGIN="https://shop.example")
    assert shop["Access-Control-Allow-Credentials"] == "true"


def test_the_document_is_of_the_hub_alone(stranger):
    paths = stranger.get("schema").json()["paths"]
    assert "/sync-hub/auth/login" in paths
    assert [path for path in paths if not path.startswith("/sync-hub/")] == []
    assert "/sync-hub/auth/login" not in stranger.get("/api/schema").json()["paths"]
