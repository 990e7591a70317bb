"""Joining: the contract's shape, and what is refused."""

import pytest
from django.contrib.auth.hashers import identify_hasher

from accounts.models import OneTimeToken, User
from accounts.services import add_customer
from accounts.signals import user_registered
from accounts.tests.factories import UserFactory
from core.testing.races import race

pytestmark = pytest.mark.django_db

BODY = {
    "email": "user@example.com",
    "password": "SecurePassword123!",
    "first_name": "John",
    "last_name": "Doe",
}


@pytest.fixture
def welcomed():
    """What `user_registered` told."""
    received = []

    def listen(user, token, **_):
        received.append((user, token))

    user_registered.connect(listen)
    yield received
    user_registered.disconnect(listen)


def test_registering_answers_as_the_contract_says(api):
    answer = api.post("auth/register", BODY)
    body = answer.json()
    assert answer.status_code == 201
    assert body["message"] == "User registered successfully"
    assert isinstance(body["token"], str)
    assert isinstance(body["refresh_token"], str)
    assert body["expires_in"] == 3600
    user = User.objects.get()
    assert body["user"] == {
        "id": user.pk,
        "email": "user@example.com",
        "first_name": "John",
        "last_name": "Doe",
        "phone": "",
        "is_admin": False,
        "role": "customer",
        "language": "en",
        "email_verified": False,
    }


def test_the_new_token_signs_in(api):
    token = api.post("auth/register", BODY).json()["token"]
    answer = api.get("auth/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["user"]["email"] == "user@example.com"


def test_a_welcome_with_a_verification_token_goes_out(api, welcomed):
    answer = api.post("auth/register", BODY)
    [(user, token)] = welcomed
    assert user.email == BODY["email"]
    assert token not in answer.content.decode()
    assert OneTimeToken.objects.get().digest != token
    assert api.post("auth/verify-email", {"token": token}).status_code == 200


def test_a_failing_listener_leaves_no_user(api):
    def fail(**_):
        raise RuntimeError("the outbox is broken")

    user_registered.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            add_customer(**BODY)
    finally:
        user_registered.disconnect(fail)
    assert not User.objects.exists()


@pytest.mark.parametrize("email", ["user@example.com", "USER@Example.COM", "  user@example.com "])
def test_a_taken_email_is_a_conflict(api, email):
    UserFactory(email="user@example.com")
    answer = api.post("auth/register", {**BODY, "email": email})
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")
    assert User.objects.count() == 1


@pytest.mark.parametrize("key", ["role", "is_admin", "is_staff", "is_active", "email_verified_at", "id"])
def test_nobody_chooses_more_than_their_own_data(api, key):
    answer = api.post("auth/register", {**BODY, key: "admin"})
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == [key]
    assert not User.objects.exists()


@pytest.mark.parametrize("key", list(BODY))
def test_every_field_of_the_contract_is_required(api, key):
    answer = api.post("auth/register", {name: value for name, value in BODY.items() if name != key})
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == [key]
    assert key in answer.json()["error"]


NONSENSE = [None, 5, 1.5, True, [], {}, ["x"], "", "   ", "a\x00b", "\ud800", "x" * 100_000]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: repr(value)[:12])
@pytest.mark.parametrize("key", list(BODY))
def test_nonsense_in_any_field_is_400(api, key, value):
    answer = api.post("auth/register", {**BODY, key: value})
    assert answer.status_code == 400
    assert set(answer.json()) >= {"error", "status", "message", "code"}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "email",
    ["user", "@example.com", "user@", "a b@example.com", "josé@example.com", '"a\nb"@example.com', "a@b\r\n.de"],
)
def test_what_is_no_email_is_400(api, email):
    assert api.post("auth/register", {**BODY, "email": email}).status_code == 400


def test_a_domain_of_another_script_is_stored_in_ascii(api):
    api.post("auth/register", {**BODY, "email": "user@bücher.example"})
    assert User.objects.get().email == "user@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "password", ["Short1!", "lowercase123!", "UPPERCASE123!", "NoDigits!!", "NoSpecial123", "Aa1!" * 51]
)
def test_a_weak_password_is_400(api, password):
    answer = api.post("auth/register", {**BODY, "password": password})
    assert answer.status_code == 400
    assert "password" in answer.json()["details"]


@pytest.mark.parametrize("password", ["Pass word1", "Pässwörd1-", " Spaces-1 "])
def test_a_password_is_taken_exactly_as_it_is_typed(api, password):
    api.post("auth/register", {**BODY, "password": password})
    assert User.objects.get().check_password(password)


def test_emoji_in_names_are_kept(api):
    api.post("auth/register", {**BODY, "first_name": "Zoë 👩‍👩‍👧", "last_name": "O'Neil 🦊"})
    user = User.objects.get()
    assert (user.first_name, user.last_name) == ("Zoë 👩‍👩‍👧", "O'Neil 🦊")


def test_a_line_break_in_a_name_is_refused(api):
    answer = api.post("auth/register", {**BODY, "first_name": "Ada\r\nBcc: all@example.com"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("header", "language"),
    [("es-MX,es;q=0.9", "es"), ("en-GB", "en"), ("fr;q=0.9,es;q=0.5,en;q=0.4", "es"), ("", "en"), ("\x00;q=x", "en")],
)
def test_the_browser_says_the_language(api, header, language):
    api.post("auth/register", BODY, headers={"Accept-Language": header})
    assert User.objects.get().language == language


def test_passwords_are_stored_with_bcrypt_over_sha256(api, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
    start = "Aa1!" * 18  # 72 bytes, all that bcrypt alone would look at
    api.post("auth/register", {**BODY, "password": start + "x"})
    user = User.objects.get()
    assert identify_hasher(user.password).algorithm == "bcrypt_sha256"
    assert user.password.startswith("bcrypt_sha256$$2b$12$")
    assert user.check_password(start + "x")
    assert not user.check_password(start + "y")


def test_registering_too_often_is_429(api, settings):
    settings.API_THROTTLE_REGISTER = "2/min"
    answers = [api.post("auth/register", {}).status_code for _ in range(3)]
    assert answers == [400, 400, 429]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_two_registrations_of_one_email_one_wins():
    for number in range(20):
        fields = {**BODY, "email": f"user{number}@example.com"}
        results = race([lambda fields=fields: add_customer(**fields)] * 2)
        assert sorted(type(result).__name__ for result in results) == ["EmailTaken", "User"]
        assert User.objects.filter(email=fields["email"]).count() == 1
    assert OneTimeToken.objects.count() == 20
