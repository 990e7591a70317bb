"""Accounts of the box office: signing in and out, refreshing."""

from datetime import timedelta

import jwt
import pytest
import time_machine
from django.utils import timezone

from accounts import services
from accounts.models import Session
from accounts.sessions.tokens import open_session
from accounts.tests.factories import PASSWORD, UserFactory
from core.testing.client import ApiClient
from core.testing.races import race
from events.tests.clients import EventsClient, bearer, error

pytestmark = pytest.mark.django_db

SITE = "http://localhost:3000"
EVIL = "https://evil.example"


def login(box, password=PASSWORD, email="user@example.com", **headers):
    return box.post("auth/login", {"email": email, "password": password}, headers=headers)


# --- Signing in


def test_signing_in_answers_with_tokens_user_and_cookie(box, user):
    answer = login(box)
    body = answer.json()
    assert answer.status_code == 200
    assert set(body["data"]) == {"access_token", "token_type", "expires_in", "user", "refresh_token"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert body["user"]["email"] == "user@example.com"
    assert jwt.decode(body["access_token"], options={"verify_signature": False})["face"] == "events"
    cookie = answer.cookies["refresh_token"]
    assert cookie.value == body["refresh_token"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == (
        "/events",
        "Strict",
        True,
        "",
    )
    assert box.get("auth/me", headers=bearer(body["access_token"])).status_code == 200


def test_the_cookie_is_secure_where_real_secrets_are_in_use(box, user, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert login(box).cookies["refresh_token"]["secure"]


def test_a_web_page_gets_its_refresh_token_as_a_cookie_alone(box, user):
    answer = login(box, origin=SITE)
    assert "refresh_token" not in answer.json()["data"]
    assert "refresh_token" not in answer.json()
    assert answer.cookies["refresh_token"].value


def test_a_page_of_another_site_cannot_plant_a_cookie(box, user):
    answer = login(box, origin=EVIL)
    assert "refresh_token" not in answer.cookies
    assert "refresh_token" not in answer.json()


@pytest.mark.parametrize("name", ["email", "username"])
def test_a_form_signs_in_too(box, user, name):
    form = f"{name}=USER%40example.com&password=Correct-horse-1%21&grant_type=password"
    answer = box.post("auth/login", form.encode(), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert box.post("auth/login", {name: "user@example.com", "password": PASSWORD}).status_code == 200


def test_other_calls_take_no_form(box):
    answer = box.post("auth/register", b"email=a", content_type="application/x-www-form-urlencoded")
    assert error(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_unknown_and_wrong_are_the_same_answer(box, user):
    answers = [login(box, "Wrong-horse-1"), login(box, email="nobody@example.com"), login(box, email="nonsense")]
    assert [error(answer) for answer in answers] == [(401, "INVALID_CREDENTIALS")] * 3
    assert len({answer.content for answer in answers}) == 1


def test_a_closed_account_is_a_wrong_login(box):
    UserFactory(email="closed@example.com", is_active=False)
    assert error(login(box, email="closed@example.com")) == (401, "INVALID_CREDENTIALS")


@pytest.mark.parametrize("name", ["email", "username"])
def test_an_account_is_protected_under_both_names(box, user, settings, name):
    settings.API_THROTTLE_LOGIN_ACCOUNT = "2/hour"
    tries = [
        box.post("auth/login", {name: "user@example.com", "password": "x"}, REMOTE_ADDR=f"10.0.0.{number}")
        for number in range(3)
    ]
    assert [answer.status_code for answer in tries] == [401, 401, 429]
    assert error(tries[-1]) == (429, "RATE_LIMITED")
    assert int(tries[-1]["Retry-After"]) > 0


def test_wrong_tries_lock_the_account_as_in_the_shop(box, user):
    answers = [login(box, "Wrong-horse-1") for _ in range(6)]
    assert [error(answer)[1] for answer in answers][-1] == "RATE_LIMITED"
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "user@example.com"},
        {"password": PASSWORD},
        {"email": 5, "username": "user@example.com", "password": PASSWORD},
        {"email": "user@example.com", "password": ["x"]},
        {"email": {"$ne": ""}, "password": {"$ne": ""}},
        {"email": "x" * 300, "password": PASSWORD},
        {"email": "user@example.com", "password": "x" * 100_000},
        [],
        "text",
        None,
    ],
)
def test_what_is_no_sign_in_is_400(box, user, body):
    if body is None:
        assert error(box.post("auth/login", b"null"))[0] == 400
    else:
        assert error(box.post("auth/login", body if isinstance(body, dict) else str(body).encode()))[0] == 400


@pytest.mark.parametrize("call", ["login", "refresh", "logout"])
def test_a_stale_bearer_is_not_looked_at(box, user, call):
    refresh = open_session(user=user, face="events").refresh
    bodies = {
        "login": {"email": "user@example.com", "password": PASSWORD},
        "refresh": {"refresh_token": refresh},
        "logout": {},
    }
    for header in ("Bearer a.b.c", "Basic x", "Bearer"):
        assert box.post(f"auth/{call}", bodies[call], headers={"Authorization": header}).status_code == 200


# --- Refreshing


def test_the_cookie_refreshes_and_rotates(box, user):
    first = login(box, origin=SITE).cookies["refresh_token"].value
    answer = box.post("auth/refresh", headers={"Origin": SITE})
    assert answer.status_code == 200
    assert set(answer.json()["data"]) == {"access_token", "token_type", "expires_in"}
    assert answer.cookies["refresh_token"].value != first
    assert answer.cookies["refresh_token"]["path"] == "/events"
    assert box.get("auth/me", headers=bearer(answer.json()["access_token"])).status_code == 200


def test_a_refresh_token_in_the_body_refreshes(user):
    refresh = open_session(user=user, face="events").refresh
    answer = EventsClient().post("auth/refresh", {"refresh_token": refresh})
    assert answer.status_code == 200
    assert answer.cookies["refresh_token"].value


def test_the_one_before_is_good_for_ten_seconds_and_then_ends_the_login(box, user):
    tokens = open_session(user=user, face="events")
    newest = box.post("auth/refresh", {"refresh_token": tokens.refresh}).cookies["refresh_token"].value
    again = box.post("auth/refresh", {"refresh_token": tokens.refresh})
    assert again.status_code == 200
    claims = [
        jwt.decode(token, options={"verify_signature": False})["jti"]
        for token in (newest, again.cookies["refresh_token"].value)
    ]
    assert claims[0] == claims[1]
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert error(box.post("auth/refresh", {"refresh_token": tokens.refresh})) == (401, "UNAUTHORIZED")
        assert error(box.post("auth/refresh", {"refresh_token": newest})) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "body", [{}, *({"refresh_token": token} for token in ("", None, "a.b.c", 7, ["a"], {"a": 1}, True))]
)
def test_nothing_good_to_refresh_with_is_401(box, body):
    assert error(box.post("auth/refresh", body)) == (401, "UNAUTHORIZED")


def test_a_bad_cookie_is_401_and_a_good_one_of_another_site_403(box, user):
    login(box)
    assert error(box.post("auth/refresh", headers={"Origin": EVIL})) == (403, "FORBIDDEN")
    assert error(box.post("auth/refresh", headers={"Origin": "null"})) == (403, "FORBIDDEN")
    assert box.post("auth/refresh").status_code == 200
    box.cookies["refresh_token"] = "a.b.c"
    assert error(box.post("auth/refresh")) == (401, "UNAUTHORIZED")


def test_the_origins_of_the_shop_do_not_count(box, user, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]
    login(box)
    assert error(box.post("auth/refresh", headers={"Origin": "https://shop.example"})) == (403, "FORBIDDEN")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_tabs_that_refresh_at_once_all_live_on():
    user = UserFactory()
    for _ in range(10):
        token = open_session(user=user, face="events").refresh

        def tab(token=token):
            client = EventsClient()
            client.cookies["refresh_token"] = token
            return client.post("auth/refresh", headers={"Origin": SITE})

        answers = race([tab] * 3)
        assert [answer.status_code for answer in answers] == [200] * 3
        for answer in answers:
            refreshed = EventsClient().post("auth/refresh", {"refresh_token": answer.cookies["refresh_token"].value})
            assert refreshed.status_code == 200


# --- Faces


def test_tokens_of_the_shop_and_of_the_box_office_are_401_at_the_other(box, user):
    shop, ours = open_session(user=user), open_session(user=user, face="events")
    assert error(box.get("auth/me", headers=bearer(shop.access))) == (401, "UNAUTHORIZED")
    assert error(box.post("auth/refresh", {"refresh_token": shop.refresh})) == (401, "UNAUTHORIZED")
    assert ApiClient().get("auth/me", headers=bearer(ours.access)).status_code == 401
    box.cookies["refresh_token"] = shop.refresh
    assert error(box.get("auth/me")) == (401, "UNAUTHORIZED")


def test_a_refresh_token_as_bearer_opens_nothing(box, user):
    tokens = open_session(user=user, face="events")
    assert error(box.get("auth/me", headers=bearer(tokens.refresh))) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("mount", ["/events/api/v1", "/events/client/api/v1"])
def test_all_calls_answer_under_both_mounts(user, mount, slash):
    box = EventsClient()
    box.mount = mount
    answer = box.post(f"auth/login{slash}", {"email": "user@example.com", "password": PASSWORD})
    assert box.get(f"auth/profile{slash}", headers=bearer(answer.json()["access_token"])).status_code == 200
    assert box.post(f"auth/refresh{slash}").status_code == 200


# --- The end


def test_logging_out_ends_every_token_of_that_login(box, user):
    elsewhere = login(EventsClient()).json()
    body = login(box).json()
    answer = box.post("auth/logout", headers=bearer(body["access_token"]))
    assert (answer.status_code, answer.json()["data"]) == (200, {})
    assert (answer.cookies["refresh_token"].value, answer.cookies["refresh_token"]["path"]) == ("", "/events")
    assert error(box.get("auth/me", headers=bearer(body["access_token"]))) == (401, "UNAUTHORIZED")
    assert error(box.post("auth/refresh", {"refresh_token": body["refresh_token"]})) == (401, "UNAUTHORIZED")
    assert box.get("auth/me", headers=bearer(elsewhere["access_token"])).status_code == 200


def test_the_cookie_alone_logs_out_even_beside_a_stale_bearer(box, user):
    login(box)
    assert box.post("auth/logout", headers={"Origin": SITE, **bearer("a.b.c")}).status_code == 200
    assert not Session.objects.alive().exists()


def test_logging_out_is_always_200_but_for_pages_of_other_sites(box, user):
    assert box.post("auth/logout").status_code == 200
    box.cookies["refresh_token"] = "a.b.c"
    assert box.post("auth/logout").status_code == 200
    login(box)
    assert error(box.post("auth/logout", headers={"Origin": EVIL})) == (403, "FORBIDDEN")
    assert Session.objects.alive().count() == 1


def test_a_session_of_the_box_office_ends_with_the_password_of_the_account(box, user):
    token = login(box).json()["access_token"]
    services.store_password(user=user, password_hash="!")
    assert error(box.get("auth/me", headers=bearer(token))) == (401, "UNAUTHORIZED")
