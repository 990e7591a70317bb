"""Signing in, and being locked out."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session as CookieSession
from django.utils import timezone

from accounts import services
from accounts.models import Session
from accounts.tests.factories import PASSWORD, AdminFactory, UserFactory
from core.testing.races import race

pytestmark = pytest.mark.django_db

WRONG = "Wrong-horse-1!"


def login(api, password=PASSWORD, email="user@example.com", address="10.0.0.1"):
    """A try to sign in from an address."""
    api.defaults["REMOTE_ADDR"] = address
    return api.post("auth/login", {"email": email, "password": password})


def test_logging_in_answers_as_the_contract_says(api, user):
    answer = login(api)
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"message", "token", "refresh_token", "expires_in", "user"}
    assert body["message"] == "Login successful"
    assert body["expires_in"] == 3600
    assert {name: body["user"][name] for name in ("id", "email", "first_name", "last_name", "is_admin")} == {
        "id": user.pk,
        "email": "user@example.com",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "is_admin": False,
    }
    assert api.get("auth/me", headers={"Authorization": f"Bearer {body['token']}"}).status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_an_admin_is_told_so(api):
    AdminFactory(email="user@example.com")
    assert login(api).json()["user"]["is_admin"] is True


def test_the_session_remembers_where_it_came_from(api, user):
    api.post(
        "auth/login", {"email": user.email, "password": PASSWORD}, headers={"User-Agent": f"Browser {500 * 'x'}"}
    )
    session = Session.objects.get()
    assert session.ip_address == "127.0.0.1"
    assert session.user_agent.startswith("Browser x")
    assert session.expires_at - session.created_at > timedelta(days=29)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [("203.0.113.9", "203.0.113.9"), ("evil, 203.0.113.9", "203.0.113.9"), ("2001:DB8::1", "2001:db8::1"),
     ("nonsense", "127.0.0.1"), ("' OR 1=1" * 20, "127.0.0.1"), ("fe80::1%eth0", "fe80::1"), ("", "127.0.0.1")],
)  # fmt: skip
def test_a_proxys_word_is_taken_when_it_is_an_address(api, user, settings, forwarded, address):
    settings.TRUSTED_PROXIES = 1
    body = {"email": user.email, "password": PASSWORD}
    assert api.post("auth/login", body, headers={"X-Forwarded-For": forwarded}).status_code == 200
    assert Session.objects.get().ip_address == address


def test_no_address_at_all_is_no_error(api, user):
    assert login(api, WRONG, address="").status_code == 401
    assert login(api, address="").status_code == 200
    assert Session.objects.get().ip_address is None


def test_logging_in_marks_the_time_and_makes_no_cookie_session(api, user):
    answer = login(api)
    user.refresh_from_db()
    assert timezone.now() - user.last_login < timedelta(seconds=10)
    assert set(answer.cookies) == {"refresh_token"}
    assert not CookieSession.objects.exists()


@pytest.mark.parametrize("email", ["USER@example.com", " user@EXAMPLE.com "])
def test_the_email_may_be_typed_in_any_case(api, user, email):
    assert login(api, email=email).status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("user@example.com", WRONG),
        ("user@example.com", PASSWORD + " "),
        ("nobody@example.com", PASSWORD),
        ("not an email", PASSWORD),
        ("gone@example.com", PASSWORD),
        ("usér@example.com", PASSWORD),
        ("user🦊@example.com", PASSWORD),
        ("user\x01@example.com", PASSWORD),
        ("user\u200b@example.com", PASSWORD),
    ],
)
def test_wrong_credentials_are_401_with_one_text(api, user, email, password):
    UserFactory(email="gone@example.com", is_active=False)
    answer = login(api, password, email)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json() == {
        "error": "Invalid email or password",
        "status": 401,
        "message": "Invalid email or password",
        "code": "wrong_credentials",
    }
    assert not Session.objects.exists()


def test_an_unknown_email_takes_as_long_as_a_wrong_password(api, user, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
    user.set_password(PASSWORD)
    user.save()
    UserFactory(email="gone@example.com", is_active=False)

    def cost(email):
        start = time.process_time()
        login(api, WRONG, email)
        return time.process_time() - start

    known = cost("user@example.com")
    for email in ("nobody@example.com", "gone@example.com", "no email"):
        assert 0.5 < cost(email) / known < 2


@pytest.mark.parametrize("missing", ["email", "password"])
def test_a_missing_field_is_400(api, user, missing):
    body = {"email": user.email, "password": PASSWORD}
    del body[missing]
    answer = api.post("auth/login", body)
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == [missing]


@pytest.mark.parametrize("value", [None, 5, True, [], {}, "", "a\x00b", "\ud800", "x" * 100_000])
@pytest.mark.parametrize("key", ["email", "password"])
def test_nonsense_in_any_field_is_400(api, user, key, value):
    body = {"email": user.email, "password": PASSWORD, key: value}
    assert api.post("auth/login", body).status_code == 400


def test_an_old_token_in_the_header_does_not_keep_anybody_out(api, user):
    body = {"email": user.email, "password": PASSWORD}
    assert api.post("auth/login", body, headers={"Authorization": "Bearer a.b.c"}).status_code == 200


# --- Locked out


def test_five_wrong_passwords_lock_the_account_from_that_address(api, user):
    UserFactory(email="other@example.com")
    assert [login(api, WRONG).status_code for _ in range(5)] == [401, 401, 401, 401, 429]
    answer = login(api)
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    assert "token" not in answer.json()
    assert login(api, address="10.0.0.2").status_code == 200
    assert login(api, email="other@example.com").status_code == 200
    assert login(api).status_code == 429


def test_the_lock_opens_after_a_while(api, user):
    for _ in range(5):
        login(api, WRONG)
    assert login(api).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert login(api).status_code == 200


def test_other_spellings_count_for_the_same_account(api, user):
    for email in (
        "user@example.com",
        "USER@example.com",
        " user@example.com",
        "User@Example.com",
        "user@EXAMPLE.com",
    ):
        login(api, WRONG, email)
    assert login(api).status_code == 429


def test_signing_in_forgets_the_wrong_tries(api, user):
    for _ in range(3):
        assert [login(api, WRONG).status_code for _ in range(4)] == [401] * 4
        assert login(api).status_code == 200


def test_an_unknown_email_locks_in_the_same_way(api, user):
    statuses = [login(api, WRONG, "nobody@example.com").status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 429, 429]


def test_logins_are_limited_by_address(api, user, settings):
    settings.API_THROTTLE_LOGIN = "2/min"
    assert [login(api).status_code for _ in range(3)] == [200, 200, 429]
    assert login(api, address="10.0.0.2").status_code == 200


def test_logins_are_limited_by_account_from_wherever_they_come(api, user, settings):
    settings.API_THROTTLE_LOGIN_ACCOUNT = "2/hour"
    UserFactory(email="other@example.com")
    spellings = ("user@example.com", " USER@example.com", "user@\uff45xample.com")
    statuses = [login(api, WRONG, text, f"10.0.1.{number}").status_code for number, text in enumerate(spellings)]
    assert statuses == [401, 401, 429]
    answer = login(api, address="10.0.2.1")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert login(api, email="other@example.com").status_code == 200


def test_a_password_that_changes_during_the_sign_in_keeps_it_out(rf, user):
    checked = type(user).objects.get()
    user.set_password("Another-horse-1!")
    user.save()
    with pytest.raises(services.WrongCredentials):
        services.open_session_from(request=rf.post("/"), user=checked)
    assert not Session.objects.exists()


def test_no_log_line_holds_a_password(api, user, caplog):
    caplog.set_level("DEBUG")
    login(api, WRONG)
    login(api)
    assert WRONG not in caplog.text
    assert PASSWORD not in caplog.text


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_wrong_tries_at_once_all_count(api):
    for number in range(20):
        UserFactory(email=f"user{number}@example.com")
        body = {"email": f"user{number}@example.com", "password": WRONG}
        answers = race([lambda body=body: api.post("auth/login", body)] * 6)
        assert {answer.status_code for answer in answers} <= {401, 429}
        assert login(api, email=body["email"], address="127.0.0.1").status_code == 429
