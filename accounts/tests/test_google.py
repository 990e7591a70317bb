"""Signing in with Google: whose tokens are believed, and which account they open."""

import base64
import json
import socket
import threading
import time
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.utils import timezone

from accounts.google import client, redirects, services
from accounts.google.errors import AccountNotLinked, GoogleUnavailable, InvalidGoogleToken
from accounts.google.identities import Identity, identity_of
from accounts.models import Session, User
from accounts.services import WrongCredentials
from accounts.sessions.tokens import open_session
from accounts.tests.factories import PASSWORD, AdminFactory, UserFactory
from accounts.tests.google import CLIENT_ID, SECRET, google_server, use
from core.testing.races import race

pytestmark = pytest.mark.django_db

BACK = "http://localhost:8000/back"


@pytest.fixture
def google(settings):
    with google_server() as server:
        use(server, settings)
        yield server


def ada(subject="1234567890", email="ada@example.com"):
    return Identity(subject, email, "Ada", "Lovelace")


# --- Whose tokens are believed


def test_a_token_of_google_says_who_somebody_is(google):
    assert identity_of(google.token(email="ADA@Example.com")) == ada()
    assert identity_of(google.token(iss="accounts.google.com", kid=None)) == ada()


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another.apps.googleusercontent.com"},
        {"aud": [CLIENT_ID, "another"]},
        {"aud": None},
        {"iss": "https://accounts.google.com.evil.example"},
        {"iss": None},
        {"exp": 1_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 99_999_999_999},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 5},
        {"sub": "x" * 256},
        {"signer": "another"},
        {"kid": "unknown"},
    ],
)
def test_any_other_token_is_refused(google, changes):
    with pytest.raises(InvalidGoogleToken):
        identity_of(google.token(**changes))


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "é.é.é",
        "\x00",
        "x" * 4096,
        f"{part([])}.{part([])}.x",
        f"{part({'alg': 'none'})}.{part({'sub': '1'})}.",
        f"{part({'alg': 5, 'kid': []})}.{part({'sub': '1'})}.{part(1)}",
        jwt.encode({"sub": "1", "aud": CLIENT_ID}, "k" * 64, algorithm="HS256", headers={"kid": "first"}),
    ],
)
def test_nonsense_is_refused(google, token):
    with pytest.raises(InvalidGoogleToken):
        identity_of(token)


def test_a_token_is_good_as_long_as_it_says(google):
    token = google.token()
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        identity_of(token)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)), pytest.raises(InvalidGoogleToken):
        identity_of(token)


@pytest.mark.parametrize("claim", ["email_verified", "email"])
@pytest.mark.parametrize("value", [None, False, "true", "né@example.com", 1, []])
def test_an_email_counts_when_google_verified_it(google, claim, value):
    assert identity_of(google.token(**{claim: value})).email == ""


def test_names_are_what_google_knows(google):
    assert (
        identity_of(google.token(given_name=None, family_name=None, name="Ada\r\nBcc: x")).first_name == "Ada Bcc: x"
    )
    nameless = identity_of(google.token(given_name=None, family_name=5, name=None))
    assert (nameless.first_name, nameless.last_name) == ("ada", "")
    assert len(identity_of(google.token(given_name="é" * 500)).first_name) == 100


def test_the_keys_are_asked_for_once_an_hour(google):
    for _ in range(3):
        identity_of(google.token())
    assert google.asked == [("/certs", {})]


@pytest.mark.parametrize(
    "keys", [(500, b"{}"), (404, b"{}"), (302, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"{}")]
)
def test_without_googles_keys_nobody_is_known(google, keys):
    right, google.keys = google.keys, keys
    with pytest.raises(GoogleUnavailable):
        identity_of(google.token())
    google.keys = right
    assert identity_of(google.token()) == ada()


def test_a_google_that_is_down_or_not_set_up_is_told(google, settings):
    settings.GOOGLE_CERTS_URL = "http://127.0.0.1:9/certs"
    with pytest.raises(GoogleUnavailable):
        identity_of(google.token())
    settings.GOOGLE_CLIENT_ID = ""
    with pytest.raises(GoogleUnavailable):
        identity_of(google.token())


def test_an_answer_that_drips_does_not_outlast_the_deadline(monkeypatch):
    monkeypatch.setattr(client, "ANSWER", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))

    def drip():
        peer, _ = listening.accept()
        with peer:
            try:
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                for _ in range(50):
                    peer.sendall(b" ")
                    time.sleep(0.1)
            except OSError:
                pass

    thread = threading.Thread(target=drip)
    thread.start()
    start = time.monotonic()
    with pytest.raises(GoogleUnavailable):
        client.fetch("GET", f"http://127.0.0.1:{listening.getsockname()[1]}/")
    assert time.monotonic() - start < 2
    thread.join()
    listening.close()


# --- Which account they open


def test_a_stranger_gets_an_account_without_a_password(mailoutbox):
    user = services.account_of(ada())
    assert (user.email, user.first_name, user.last_name, user.role) == (
        "ada@example.com",
        "Ada",
        "Lovelace",
        "customer",
    )
    assert user.email_verified_at is not None
    assert not user.has_usable_password()
    assert services.account_of(ada(email="")) == user
    assert services.account_of(ada(email="new-address@example.com")) == user


def test_a_stranger_without_a_verified_email_gets_none():
    with pytest.raises(InvalidGoogleToken):
        services.account_of(ada(email=""))
    assert not User.objects.exists()


def test_a_verified_account_keeps_its_password():
    user = UserFactory(email="ada@example.com", email_verified_at=timezone.now())
    tokens = open_session(user=user)
    assert services.account_of(ada()) == user
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert Session.objects.alive().filter(pk=tokens.session.pk).exists()


def test_who_opened_an_account_with_somebody_elses_email_is_out(rf):
    squatter = UserFactory(email="ada@example.com")
    tokens = open_session(user=squatter)
    session = services.sign_in(request=rf.post("/events/api/v1/auth/google"), identity=ada()).session
    squatter.refresh_from_db()
    assert session.user == squatter
    assert squatter.email_verified_at is not None
    assert not squatter.has_usable_password()
    assert list(Session.objects.alive()) == [session]
    assert tokens.session != session


def test_an_account_has_one_google_account():
    services.account_of(ada())
    with pytest.raises(AccountNotLinked):
        services.account_of(ada(subject="another"))


def test_staff_who_never_verified_their_email_use_their_password():
    admin = AdminFactory(email="ada@example.com")
    with pytest.raises(AccountNotLinked):
        services.account_of(ada())
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)
    assert admin.google_digest is None


def test_subjects_that_differ_in_case_are_two_accounts():
    assert services.account_of(ada("abc", "a@example.com")) != services.account_of(ada("ABC", "b@example.com"))


def test_a_closed_account_stays_closed(rf):
    UserFactory(email="ada@example.com", email_verified_at=timezone.now(), is_active=False)
    with pytest.raises(WrongCredentials):
        services.sign_in(request=rf.post("/"), identity=ada())


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_four_first_sign_ins_at_once_are_one_account():
    for number in range(10):
        who = ada(f"subject-{number}", f"ada{number}@example.com")
        accounts = race([lambda who=who: services.account_of(who)] * 4)
        assert len({account.pk for account in accounts}) == 1


# --- To Google and back


def state_in(url):
    return dict(pair.split("=") for pair in url.partition("?")[2].split("&"))["state"]


def nonce_in(url):
    return dict(pair.split("=") for pair in url.partition("?")[2].split("&"))["nonce"]


def test_the_way_to_google_and_back(google):
    url, kept = redirects.depart(redirect_uri=BACK)
    assert url.startswith("https://accounts.google.com/o/oauth2/v2/auth?client_id=client.apps.googleusercontent.com&")
    google.gives(google.token(nonce=nonce_in(url)))
    assert redirects.arrive(kept=kept, state=state_in(url), code="4/code", redirect_uri=BACK) == ada()
    assert google.asked[0] == (
        "/token",
        {
            "grant_type": ["authorization_code"],
            "code": ["4/code"],
            "client_id": [CLIENT_ID],
            "client_secret": [SECRET],
            "redirect_uri": [BACK],
        },
    )


def test_an_answer_to_another_browser_is_refused(google):
    url, kept = redirects.depart(redirect_uri=BACK)
    other_url, other_kept = redirects.depart(redirect_uri=BACK)
    google.gives(google.token(nonce=nonce_in(url)))
    for cookie, state, code in [
        (kept, state_in(other_url), "code"),
        (other_kept, state_in(url), "code"),
        (kept, "", "code"),
        (kept, "é", "code"),
        (kept, state_in(url), ""),
        ("", state_in(url), "code"),
        (kept + "x", state_in(url), "code"),
    ]:
        with pytest.raises(InvalidGoogleToken):
            redirects.arrive(kept=cookie, state=state, code=code, redirect_uri=BACK)
    assert google.asked == []


@pytest.mark.parametrize("nonce", [None, "another", 5])
def test_a_token_of_another_sign_in_is_refused(google, nonce):
    url, kept = redirects.depart(redirect_uri=BACK)
    google.gives(google.token(nonce=nonce))
    with pytest.raises(InvalidGoogleToken):
        redirects.arrive(kept=kept, state=state_in(url), code="code", redirect_uri=BACK)


def test_ten_minutes_are_enough_to_sign_in(google):
    url, kept = redirects.depart(redirect_uri=BACK)
    google.gives(google.token(nonce=nonce_in(url)))
    with time_machine.travel(timezone.now() + timedelta(minutes=11)), pytest.raises(InvalidGoogleToken):
        redirects.arrive(kept=kept, state=state_in(url), code="code", redirect_uri=BACK)


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ((400, b'{"error": "invalid_grant"}'), InvalidGoogleToken),
        ((200, b'{"access_token": "x"}'), InvalidGoogleToken),
        ((200, b'{"id_token": 5}'), InvalidGoogleToken),
        ((200, b'{"id_token": "a.b.c"}'), InvalidGoogleToken),
        ((200, b"<html>"), GoogleUnavailable),
        ((429, b"{}"), GoogleUnavailable),
        ((503, b'{"id_token": "x"}'), GoogleUnavailable),
    ],
)
def test_what_google_makes_of_the_code(google, answer, refusal):
    url, kept = redirects.depart(redirect_uri=BACK)
    google.token_answer = answer
    with pytest.raises(refusal):
        redirects.arrive(kept=kept, state=state_in(url), code="code", redirect_uri=BACK)


def test_without_a_secret_there_is_no_way_to_google(google, settings):
    settings.GOOGLE_CLIENT_SECRET = ""
    with pytest.raises(GoogleUnavailable):
        redirects.depart(redirect_uri=BACK)
    with pytest.raises(GoogleUnavailable):
        redirects.arrive(kept="", state="", code="", redirect_uri=BACK)
