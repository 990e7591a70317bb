"""Tokens: what they say, how they are renewed, and when they end."""

import base64
import json
import re
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.conf import settings as project
from django.utils import timezone

from accounts.models import Session
from accounts.sessions.tokens import open_session
from accounts.tests.factories import PASSWORD, AdminFactory, UserFactory
from core.testing.client import ApiClient
from core.testing.races import race

pytestmark = pytest.mark.django_db


def me(api, token):
    """Who the API says that this token is."""
    return api.get("auth/me", headers={"Authorization": f"Bearer {token}"})


def renew(api, token):
    """A refresh by the access token, as the contract has it."""
    return api.post("auth/refresh-token", headers={"Authorization": f"Bearer {token}"})


def renew_by_body(api, token):
    """A refresh by a refresh token in the body."""
    return api.post("auth/refresh-token", {"refresh_token": token})


def forged(token, **changes):
    """The token with other claims, signed with the right key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(claims, project.JWT_SECRET_KEY, algorithm="HS256")


def refused_token(answer):
    """Whether the answer is the contract's 401 about a token."""
    body = answer.json()
    return (
        answer.status_code == 401
        and "token" in body["error"]
        and body["error"] == body["message"]
        and answer["WWW-Authenticate"] == "Bearer"
    )


@pytest.fixture
def tokens(user):
    return open_session(user=user)


# --- Who is asking


def test_me_answers_as_the_contract_says(api, user):
    answer = api.login_as(user).get("auth/me")
    assert answer.status_code == 200
    assert answer.json()["user"] == {
        "id": user.pk,
        "email": "user@example.com",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "phone": "",
        "is_admin": False,
        "role": "customer",
        "language": "en",
        "email_verified": False,
    }
    assert answer["Cache-Control"].find("no-store") >= 0


def test_an_admin_is_told_so(api):
    assert api.login_as(AdminFactory()).get("auth/me").json()["user"]["is_admin"] is True


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer a.b.c", "Bearer \xff", "x"])
def test_a_missing_or_bad_header_is_401(api, user, header):
    headers = {} if header is None else {"authorization": header}
    assert refused_token(api.get("auth/me", headers=headers))


# --- What a token says


def test_two_thousand_tokens_can_be_read_with_atob(user):
    for _ in range(1000):
        tokens = open_session(user=user)
        for token in (tokens.access, tokens.refresh):
            payload = token.split(".")[1]
            assert re.fullmatch(r"[A-Za-z0-9+/]+", payload)
            claims = json.loads(base64.b64decode(payload + "=" * (-len(payload) % 4)))
            assert claims["user_id"] == user.pk
            assert isinstance(claims["exp"], int)
            assert claims["jti"]


def test_no_two_tokens_are_alike(api, tokens):
    jtis = {jwt.decode(t, options={"verify_signature": False})["jti"] for t in (tokens.access, tokens.refresh)}
    assert len(jtis) == 2


def test_a_tampered_token_is_401(api, user, tokens):
    other = UserFactory()
    head, payload, signature = tokens.access.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    stolen = base64.urlsafe_b64encode(json.dumps({**claims, "user_id": other.pk}).encode()).decode().strip("=")
    assert refused_token(me(api, f"{head}.{stolen}.{signature}"))


def test_an_unsigned_token_is_401(api, tokens):
    claims = jwt.decode(tokens.access, options={"verify_signature": False})
    assert refused_token(me(api, jwt.encode(claims, None, algorithm="none")))


def test_a_token_signed_with_another_key_is_401(api, tokens):
    claims = jwt.decode(tokens.access, options={"verify_signature": False})
    assert refused_token(me(api, jwt.encode(claims, "k" * 64, algorithm="HS256")))


@pytest.mark.parametrize("claim", ["exp", "jti", "sid", "type", "user_id", "iat"])
def test_a_token_without_one_of_its_claims_is_401(api, tokens, claim):
    assert refused_token(me(api, forged(tokens.access, **{claim: None})))


def test_a_token_of_another_users_session_is_401(api, tokens):
    assert refused_token(me(api, forged(tokens.access, user_id=UserFactory().pk)))


def test_a_refresh_token_is_no_access_token(api, tokens):
    assert refused_token(me(api, tokens.refresh))
    assert refused_token(renew(api, tokens.refresh))
    assert refused_token(renew_by_body(api, tokens.access))


def test_an_expired_token_is_401(api, tokens):
    assert me(api, tokens.access).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert refused_token(me(api, tokens.access))
        assert refused_token(renew(api, tokens.access))


def test_a_disabled_user_is_out_at_once(api, user, tokens):
    user.is_active = False
    user.save()
    assert refused_token(me(api, tokens.access))
    assert refused_token(renew_by_body(api, tokens.refresh))


# --- Renewal


def test_refreshing_by_the_access_token_answers_as_the_contract_says(api, tokens):
    answer = renew(api, tokens.access)
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"message", "token", "refresh_token", "expires_in"}
    assert body["message"] == "Token refreshed successfully"
    assert body["expires_in"] == 3600
    assert body["token"] != tokens.access
    assert me(api, body["token"]).status_code == 200


def test_the_same_second_still_gives_another_token(api, tokens):
    with time_machine.travel(timezone.now(), tick=False):
        answers = [renew(api, tokens.access).json()["token"] for _ in range(3)]
    assert len({tokens.access, *answers}) == 4


def test_a_refresh_token_outlives_the_access_token(api, tokens):
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        body = renew_by_body(api, tokens.refresh).json()
        assert me(api, body["token"]).status_code == 200


def test_a_session_has_a_longest_life(api, user, tokens):
    refresh = tokens.refresh
    for days in (10, 20, 29):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            refresh = renew_by_body(api, refresh).json()["refresh_token"]
    with time_machine.travel(timezone.now() + timedelta(days=30, seconds=1)):
        assert refused_token(renew_by_body(api, refresh))


def test_an_access_token_does_not_outlive_its_session(api, tokens):
    with time_machine.travel(tokens.session.expires_at - timedelta(minutes=10)):
        assert 595 <= renew_by_body(api, tokens.refresh).json()["expires_in"] <= 600


def test_a_replayed_refresh_token_ends_the_session(api, user, tokens):
    bystander = open_session(user=user)
    fresh = renew_by_body(api, tokens.refresh).json()
    assert me(api, fresh["token"]).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert refused_token(renew_by_body(api, tokens.refresh))
    assert refused_token(me(api, fresh["token"]))
    assert refused_token(renew_by_body(api, fresh["refresh_token"]))
    assert me(api, bystander.access).status_code == 200


def jti(token):
    """The name of a token."""
    return jwt.decode(token, options={"verify_signature": False})["jti"]


def test_the_refresh_token_before_is_answered_with_the_newest_for_ten_seconds(api, tokens):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        newest = renew_by_body(api, tokens.refresh).json()["refresh_token"]
        for _ in range(3):
            clock.shift(3)
            again = renew_by_body(api, tokens.refresh)
            assert (again.status_code, jti(again.json()["refresh_token"])) == (200, jti(newest))
            assert me(api, again.json()["token"]).status_code == 200
        clock.shift(1)
        assert refused_token(renew_by_body(api, tokens.refresh))
        assert refused_token(renew_by_body(api, newest))


def test_the_refresh_token_before_the_one_before_ends_the_session_at_once(api, tokens):
    second = renew_by_body(api, tokens.refresh).json()["refresh_token"]
    third = renew_by_body(api, second).json()["refresh_token"]
    assert renew_by_body(api, second).status_code == 200
    assert refused_token(renew_by_body(api, tokens.refresh))
    assert refused_token(renew_by_body(api, third))


def test_the_grace_is_a_setting(api, tokens, settings):
    settings.REFRESH_GRACE_SECONDS = 0
    renew_by_body(api, tokens.refresh)
    assert refused_token(renew_by_body(api, tokens.refresh))


def test_the_cookie_lives_on_whichever_answer_came_last(api, user):
    api.post("auth/login", {"email": user.email, "password": PASSWORD})
    old = api.cookies["refresh_token"].value
    api.post("auth/refresh-token")
    api.cookies["refresh_token"] = old
    assert api.post("auth/refresh-token").status_code == 200
    assert api.post("auth/refresh-token").status_code == 200


def test_two_windows_may_renew_one_access_token(api, tokens):
    first, second = renew(api, tokens.access).json(), renew(api, tokens.access).json()
    assert me(api, first["token"]).status_code == me(api, second["token"]).status_code == 200
    assert renew_by_body(api, second["refresh_token"]).status_code == 200


def test_the_cookie_refreshes_when_nothing_else_is_given(api, user):
    answer = api.post("auth/login", {"email": user.email, "password": PASSWORD})
    cookie = answer.cookies["refresh_token"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["secure"]) == ("Strict", "/api", "")
    assert abs(cookie["max-age"] - 30 * 24 * 3600) < 10
    assert api.post("auth/refresh-token").status_code == 200
    assert refused_token(renew(api, "a.b.c"))
    assert refused_token(renew_by_body(api, "a.b.c"))


def test_the_cookie_is_secure_where_the_site_is(api, user, settings):
    settings.SESSION_COOKIE_SECURE = True
    answer = api.post("auth/login", {"email": user.email, "password": PASSWORD})
    assert answer.cookies["refresh_token"]["secure"]


@pytest.mark.parametrize("value", [5, True, [], {}, None, "", "\x00", "x" * 5000])
def test_nonsense_as_a_refresh_token_is_400(api, user, value):
    assert api.post("auth/refresh-token", {"refresh_token": value}).status_code == 400


def test_nothing_to_refresh_with_is_401(api):
    assert refused_token(api.post("auth/refresh-token"))


# --- The end


def test_logging_out_ends_every_token_of_the_session_at_once(api, user, tokens):
    elsewhere = open_session(user=user)
    renewed = renew(api, tokens.access).json()
    answer = api.post("auth/logout", headers={"Authorization": f"Bearer {tokens.access}"})
    assert (answer.status_code, answer.json()["message"]) == (200, "Logged out successfully")
    assert answer.cookies["refresh_token"].value == ""
    for token in (tokens.access, renewed["token"]):
        assert refused_token(me(api, token))
        assert refused_token(renew(api, token))
    assert refused_token(renew_by_body(api, renewed["refresh_token"]))
    assert me(api, elsewhere.access).status_code == 200


def test_logging_out_needs_a_token(api):
    assert refused_token(api.post("auth/logout"))


def test_bad_tokens_count_against_the_strangers_limit(api, settings):
    settings.API_THROTTLE_ANON = "2/min"
    answers = [me(api, "a.b.c").status_code for _ in range(3)]
    assert answers == [401, 401, 429]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_uses_of_a_refresh_token_at_once_all_get_the_one_that_lives_on(api):
    user = UserFactory()
    for _ in range(20):
        token = open_session(user=user).refresh
        answers = race([lambda token=token: renew_by_body(ApiClient(), token)] * 4)
        assert [answer.status_code for answer in answers] == [200] * 4
        assert len({jti(answer.json()["refresh_token"]) for answer in answers}) == 1
        assert renew_by_body(api, answers[-1].json()["refresh_token"]).status_code == 200
    assert Session.objects.count() == 20
