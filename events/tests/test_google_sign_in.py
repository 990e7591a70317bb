"""Signing in to the box office with Google."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Session, User
from accounts.tests.factories import UserFactory
from accounts.tests.google import google_server, use
from events.tests.clients import bearer, error, wrong

pytestmark = pytest.mark.django_db

SITE = "http://localhost:3000"


@pytest.fixture
def google(settings):
    with google_server() as server:
        use(server, settings)
        yield server


@pytest.mark.parametrize("key", ["token", "id_token", "credential"])
def test_googles_token_signs_in_as_a_password_does(box, google, key):
    answer = box.post("auth/google", {key: google.token()})
    body = answer.json()
    assert answer.status_code == 200
    assert set(body["data"]) == {"access_token", "token_type", "expires_in", "user", "refresh_token"}
    assert (body["user"]["email"], body["user"]["full_name"]) == ("ada@example.com", "Ada Lovelace")
    assert body["user"]["is_verified"] is True
    assert answer.cookies["refresh_token"]["path"] == "/events"
    assert box.get("auth/me", headers=bearer(body["access_token"])).status_code == 200
    page = box.post("auth/google", {key: google.token()}, headers={"Origin": SITE})
    assert "refresh_token" not in page.json()["data"]
    assert User.objects.count() == 1


def test_a_token_that_is_not_good_is_400(box, google):
    for token in ("a.b.c", google.token(aud="another"), google.token(signer="another"), google.token(exp=1)):
        assert error(box.post("auth/google", {"token": token})) == (400, "INVALID_GOOGLE_TOKEN")
    unverified = google.token(email_verified=False)
    assert error(box.post("auth/google", {"token": unverified})) == (400, "INVALID_GOOGLE_TOKEN")
    assert not User.objects.exists()


@pytest.mark.parametrize("token", [None, "", 5, [], {"a": 1}, "x" * 5000])
def test_what_is_no_token_is_named(box, google, token):
    assert wrong(box.post("auth/google", {"token": token}))[0] == "token"


def test_without_google_it_is_503(box, google, settings):
    google.keys = (500, b"")
    assert error(box.post("auth/google", {"token": google.token()})) == (503, "GOOGLE_UNAVAILABLE")
    settings.GOOGLE_CLIENT_ID = ""
    assert error(box.post("auth/google", {"token": "a.b.c"})) == (503, "GOOGLE_UNAVAILABLE")


def test_a_closed_account_is_a_wrong_login(box, google):
    UserFactory(email="ada@example.com", email_verified_at=timezone.now(), is_active=False)
    assert error(box.post("auth/google", {"token": google.token()})) == (401, "INVALID_CREDENTIALS")


# --- Over Google's page


def leave(box):
    """The query with which the browser is sent to Google."""
    answer = box.get("auth/google/login")
    cookie = answer.cookies["google_sign_in"]
    assert answer.status_code == 302
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["max-age"]) == (
        "/events",
        "Lax",
        True,
        600,
    )
    url = urlsplit(answer["Location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://accounts.google.com/o/oauth2/v2/auth"
    return {key: value for key, [value] in parse_qs(url.query).items()}


def failure(answer):
    """What the login page of the web client is told."""
    assert answer.status_code == 302
    start, _, code = answer["Location"].partition("?error=")
    assert start == f"{SITE}/login"
    assert "refresh_token" not in answer.cookies
    return code


def test_the_way_over_googles_page(box, google):
    asked = leave(box)
    assert asked["redirect_uri"] == "http://localhost:8000/events/api/v1/auth/google/callback"
    google.gives(google.token(nonce=asked["nonce"]))
    answer = box.get("auth/google/callback", {"state": asked["state"], "code": "4/x"})
    assert (answer.status_code, answer["Location"]) == (302, SITE)
    assert answer.cookies["google_sign_in"].value == ""
    assert Session.objects.get().face == "events"
    assert box.post("auth/refresh", headers={"Origin": SITE}).status_code == 200


def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(box, google):
    google.gives(google.token())
    assert failure(box.get("auth/google/callback", {"state": "x", "code": "4/x"})) == "INVALID_GOOGLE_TOKEN"
    asked = leave(box)
    for query in (
        {},
        {"state": asked["state"]},
        {"code": "4/x"},
        {"state": "é", "code": "4/x"},
        {"error": "access_denied", "state": asked["state"]},
        {"state": asked["state"], "code": "4/x"},  # with a token that lacks the nonce
    ):
        assert failure(box.get("auth/google/callback", query)) == "INVALID_GOOGLE_TOKEN"
    box.cookies["google_sign_in"] = "nonsense"
    assert (
        failure(box.get("auth/google/callback", {"state": asked["state"], "code": "4/x"})) == "INVALID_GOOGLE_TOKEN"
    )
    assert not Session.objects.exists()


def test_whatever_goes_wrong_leads_to_the_login_page(box, google, settings):
    asked = leave(box)
    google.token_answer = (503, b"")
    query = {"state": asked["state"], "code": "4/x"}
    assert failure(box.get("auth/google/callback", query)) == "GOOGLE_UNAVAILABLE"
    settings.GOOGLE_CLIENT_ID = ""
    assert failure(box.get("auth/google/login")) == "GOOGLE_UNAVAILABLE"
    settings.API_THROTTLE_LOGIN = "1/min"
    answers = [failure(box.get("auth/google/login", REMOTE_ADDR="10.0.0.9")) for _ in range(2)]
    assert answers == ["GOOGLE_UNAVAILABLE", "RATE_LIMITED"]


def test_other_methods_are_refused_as_ever(box):
    assert error(box.post("auth/google/login")) == (405, "METHOD_NOT_ALLOWED")
