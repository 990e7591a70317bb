"""Users of the hub: joining, signing in and out, and what their accounts open elsewhere."""

from datetime import timedelta

import jwt
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from accounts import services
from accounts.models import OneTimeToken, User
from core.testing.client import ApiClient
from core.testing.races import race
from storesync.models import Operator
from storesync.tests.clients import bearer, hub_client, refusal, wrong

pytestmark = pytest.mark.django_db

PASSWORD = "password123"
ADA = {"username": "Ada", "password": PASSWORD}
TAKEN, UNKNOWN = (400, "This username is taken."), (401, "Invalid credentials")


@pytest.fixture
def ada(stranger):
    """The account of a user who registered as the contract says."""
    answer = stranger.post("auth/register", ADA)
    assert (answer.status_code, answer.json()) == (200, {"message": "User registered successfully"})
    return Operator.objects.get(username="Ada").user


def login(stranger, username="Ada", password=PASSWORD, **extra):
    return stranger.post("auth/login", {"username": username, "password": password}, **extra)


def test_a_user_registers_signs_in_and_out(stranger, ada):
    body = login(stranger).json()
    assert body == {"token": body["token"], "user": {"id": ada.pk, "username": "Ada"}}
    assert stranger.post("auth/logout", headers=bearer(body["token"])).json() == {"message": "Logged out"}
    again = stranger.post("auth/logout", headers=bearer(body["token"]))
    assert refusal(again) == (401, "Invalid token")


def test_a_token_is_good_for_eight_hours(stranger, ada, clock):
    token = login(stranger).json()["token"]
    claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
    assert claims["exp"] - claims["iat"] == 8 * 3600
    clock.shift(timedelta(hours=8) - timedelta(seconds=1))
    assert stranger.get("auth/logout", headers=bearer(token)).status_code == 405
    clock.shift(timedelta(seconds=1))
    assert refusal(stranger.get("auth/logout", headers=bearer(token))) == (401, "Invalid token")


@pytest.mark.parametrize("name", ["Ada", "ADA", " ada ", "\uff21da"])
def test_a_name_is_taken_in_any_case_and_signs_in_so(stranger, ada, name):
    answer = stranger.post("auth/register", {**ADA, "username": name})
    assert (refusal(answer), answer.json()["code"]) == (TAKEN, "username_taken")
    assert login(stranger, username=name).json()["user"]["username"] == "Ada"


GOOD_NAMES = ["a", "x" * 150, "ada lovelace", "\U0001f469\U0001f3fd\u200d\U0001f680", "Zoë", "0", "null"]
BAD_NAMES = ["", "   ", "x" * 151, "ada@example.com", "a\x00b", "a\nb", "\u2028", None, 5, True, [], {}]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_names_that_are_taken(stranger, name):
    assert stranger.post("auth/register", {**ADA, "username": name}).status_code == 200
    assert login(stranger, username=name).json()["user"]["username"] == name


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: repr(name)[:20])
def test_names_that_are_refused(stranger, name):
    assert wrong(stranger.post("auth/register", {**ADA, "username": name})) == {"username"}
    assert User.objects.count() == 0


@pytest.mark.parametrize("password", ["a2345678", "1" * 199 + "a", "pass word 1", "Schlüssel-7"])
def test_passwords_that_are_taken(stranger, password):
    assert stranger.post("auth/register", {**ADA, "password": password}).status_code == 200
    assert login(stranger, password=password).status_code == 200


@pytest.mark.parametrize(
    "password", ["", "a234567", "password", "12345678", "a" * 200 + "1", "a1\x00bcdef", None, 12345678]
)
def test_passwords_that_are_refused(stranger, password):
    assert wrong(stranger.post("auth/register", {**ADA, "password": password})) == {"password"}
    assert User.objects.count() == 0


def test_what_is_missing_is_named_and_what_is_unknown_is_ignored(stranger):
    assert wrong(stranger.post("auth/register")) == wrong(stranger.post("auth/login")) == {"username", "password"}
    assert stranger.post("auth/register", {**ADA, "role": "admin", "email": 5}).status_code == 200
    assert User.objects.get().role == "customer"


def test_registration_can_be_closed(stranger, settings):
    settings.SYNC_OPEN_REGISTRATION = False
    answer = stranger.post("auth/register", ADA)
    assert (answer.status_code, answer.json()["code"]) == (403, "registration_closed")
    assert User.objects.count() == 0


# --- What is wrong


def test_an_unknown_name_is_answered_as_a_wrong_password_is(stranger, ada):
    known, unknown = login(stranger, password="wrong-1234"), login(stranger, username="nobody")
    assert refusal(known) == refusal(unknown) == UNKNOWN
    assert known.content == unknown.content


def test_an_unknown_name_costs_a_hash_too(stranger, ada, monkeypatch):
    hashed = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, *given: hashed.append(given[0]) or real(self, *given)
    )
    login(stranger, password="wrong-1234")
    known = hashed.copy()
    hashed.clear()
    login(stranger, username="nobody", password="wrong-1234")
    assert hashed == known == ["wrong-1234"]


def test_a_closed_account_does_not_sign_in(stranger, ada):
    User.objects.update(is_active=False)
    assert refusal(login(stranger)) == UNKNOWN


@pytest.mark.parametrize("names", [["Ada", "ADA", "ada ", "aDa", "\uff21da"], ["No", "NO", "no", "nO ", "\uff2eo"]])
def test_a_name_is_locked_whatever_its_case_and_whether_or_not_it_is_known(stranger, ada, names):
    assert [login(stranger, username=name, password="wrong-1234").status_code for name in names][:4] == [401] * 4
    answer = login(stranger, username=names[0])
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    assert int(answer["Retry-After"]) > 0
    assert login(stranger, username="Grace").status_code == 401
    assert login(stranger, username=names[0], REMOTE_ADDR="10.0.0.9").status_code != 429


def test_tries_at_one_name_are_limited_from_wherever_they_come(stranger, settings):
    settings.API_THROTTLE_LOGIN_ACCOUNT = "3/hour"
    names = ["Ada", "ADA", "\uff21da", "ada"]
    bodies = [{"username": name, "password": "x", "email": f"{index}@x"} for index, name in enumerate(names)]
    answers = [
        stranger.post("auth/login", body, REMOTE_ADDR=f"10.0.0.{index}").status_code
        for index, body in enumerate(bodies)
    ]
    assert answers == [401, 401, 401, 429]
    assert login(stranger, username="Grace").status_code == 401


@pytest.mark.parametrize("call", ["login", "register"])
def test_sign_ins_and_registrations_of_one_address_are_limited_as_in_the_shop(stranger, settings, call):
    settings.API_THROTTLE_LOGIN = settings.API_THROTTLE_REGISTER = "2/min"
    assert [stranger.post(f"auth/{call}").status_code for _ in range(3)] == [400, 400, 429]


# --- Elsewhere


def test_the_account_has_no_mailbox_and_gets_no_mail(stranger, ada, rf):
    assert ada.email.endswith("@accounts.invalid")
    assert login(stranger, HTTP_USER_AGENT="Firefox").status_code == 200
    assert login(stranger, HTTP_USER_AGENT="curl", REMOTE_ADDR="10.9.9.9").status_code == 200  # a new device
    services.store_password(user=ada, password_hash="!")
    assert ada.emails.count() == ada.notices.count() == len(mail.outbox) == 0


def test_neither_shop_nor_box_office_open_by_its_address(ada):
    body = {"email": ada.email, "password": PASSWORD}
    api = ApiClient()
    assert api.post("auth/login", body).status_code == 401
    assert api.post("/events/api/v1/auth/login", body).status_code == 401


def test_its_password_cannot_be_reset(ada, monkeypatch):
    monkeypatch.setattr("accounts.services.RESET_REQUEST_SECONDS", 0)
    assert ApiClient().post("auth/password-reset-request", {"email": ada.email}).status_code == 200
    assert not OneTimeToken.objects.filter(user=ada).exists()


def test_nobody_registers_in_the_shop_at_such_an_address():
    body = {"email": "x@Accounts.INVALID", "password": "Aa-123456", "first_name": "A", "last_name": "B"}
    answer = ApiClient().post("auth/register", body)
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["email"])


def test_an_account_of_the_shop_does_not_open_the_hub(stranger, user):
    assert refusal(login(stranger, username=user.email, password="x")) == UNKNOWN


def test_the_back_office_shows_the_username(ada, admin):
    page = Client()
    page.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    assert str(ada) == "Ada"
    assert "Ada" in page.get("/admin/accounts/user/?q=ada").content.decode()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_one_name_at_once_one_has_it():
    names = ["Ada", "ADA", "ada", "aDA"] * 2
    answers = race([lambda name=name: refused_or_ok(name) for name in names])
    assert sorted(answers, key=str) == sorted([200, *[TAKEN] * 7], key=str)
    assert (User.objects.count(), Operator.objects.count()) == (1, 1)


def refused_or_ok(name):
    answer = hub_client().post("auth/register", {**ADA, "username": name})
    return 200 if answer.status_code == 200 else refusal(answer)
