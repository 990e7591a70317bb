"""Sign-ins at one face: their tokens are worth nothing at another, and where the cookie is taken."""

import jwt
import pytest
from django.conf import settings as project
from rest_framework.request import Request

from accounts.models import Session
from accounts.sessions.authentication import CookieAuthentication, ForeignOrigin
from accounts.sessions.tokens import InvalidToken, open_session

pytestmark = pytest.mark.django_db


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def forged(token, **changes):
    """The token with other claims, without those that are None, signed with the right key."""
    claims = {name: value for name, value in {**claims_of(token), **changes}.items() if value is not None}
    return jwt.encode(claims, project.JWT_SECRET_KEY, algorithm="HS256")


def statuses(api, *, access, refresh):
    """What the shop answers to the tokens, wherever it takes them."""
    bearer = {"Authorization": f"Bearer {access}"}
    return [
        api.get("auth/me", headers=bearer).status_code,
        api.post("auth/refresh-token", headers=bearer).status_code,
        api.post("auth/refresh-token", {"refresh_token": refresh}).status_code,
    ]


@pytest.fixture
def tokens(user):
    return open_session(user=user)


@pytest.fixture
def events(user):
    return open_session(user=user, face="events")


def test_a_token_names_its_face(tokens, events):
    assert claims_of(tokens.access)["face"] == claims_of(tokens.refresh)["face"] == "shop"
    assert claims_of(events.access)["face"] == claims_of(events.refresh)["face"] == "events"


def test_a_token_that_names_no_face_is_the_shops(api, tokens):
    old = {"access": forged(tokens.access, face=None), "refresh": forged(tokens.refresh, face=None)}
    assert statuses(api, **old) == [200, 200, 200]


@pytest.mark.parametrize("claimed", ["events", "shop", None])
def test_a_token_of_another_face_is_401_whatever_it_claims(api, events, claimed):
    foreign = {"access": forged(events.access, face=claimed), "refresh": forged(events.refresh, face=claimed)}
    assert statuses(api, **foreign) == [401, 401, 401]
    assert Session.objects.alive().filter(pk=events.session.pk).exists()


@pytest.mark.parametrize("face", [5, [], {}, "x" * 5000, "Shop", ""])
def test_a_strange_face_is_401(api, tokens, face):
    strange = {"access": forged(tokens.access, face=face), "refresh": forged(tokens.refresh, face=face)}
    assert set(statuses(api, **strange)) <= {400, 401}


# --- The cookie as a sign-in


@pytest.fixture
def by_cookie(rf, settings):
    """Whom CookieAuthentication knows by a request with this cookie and these headers."""
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example"]

    def authenticate(cookie="", path="/api/auth/me", **headers):
        request = rf.get(path, headers=headers)
        request.COOKIES["refresh_token"] = cookie
        return CookieAuthentication().authenticate(Request(request))

    return authenticate


def test_the_cookie_is_a_sign_in(by_cookie, user, tokens):
    assert by_cookie(tokens.refresh) == (user, tokens.session)
    assert by_cookie(tokens.refresh, origin="https://shop.example") == (user, tokens.session)
    assert by_cookie() is None


def test_a_bearer_token_goes_before_the_cookie(by_cookie, user, tokens):
    assert by_cookie("a.b.c", authorization=f"Bearer {tokens.access}") == (user, tokens.session)
    with pytest.raises(InvalidToken):
        by_cookie(tokens.refresh, authorization="Bearer a.b.c")
    with pytest.raises(InvalidToken):
        by_cookie(authorization=f"Bearer {tokens.refresh}")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://shop.example.evil.example", "x"])
def test_a_page_of_another_site_cannot_use_the_cookie(by_cookie, tokens, origin):
    with pytest.raises(ForeignOrigin):
        by_cookie(tokens.refresh, origin=origin)


def test_a_cookie_that_is_no_refresh_token_of_the_face_opens_nothing(by_cookie, tokens, events):
    for cookie in ("a.b.c", tokens.access, events.refresh):
        with pytest.raises(InvalidToken):
            by_cookie(cookie)
    with pytest.raises(InvalidToken):
        by_cookie(tokens.refresh, path="/events/api/v1/auth/me")
    assert by_cookie(events.refresh, path="/events/api/v1/auth/me")[1] == events.session
