"""The profile, and the proof that its user reads mail at the address."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import one_time_tokens
from accounts.models import OneTimeToken
from accounts.signals import email_verification_requested
from accounts.tests.factories import AdminFactory, UserFactory

pytestmark = pytest.mark.django_db

VERIFICATION = OneTimeToken.Purpose.EMAIL_VERIFICATION


@pytest.mark.parametrize("path", ["auth/update-profile", "auth/profile", "/api/v1/auth/profile/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_profile_changes_as_the_contract_says(api, user, path, method):
    body = {"first_name": "John", "last_name": "Smith", "phone": "555-123-4567"}
    answer = api.login_as(user).generic(method, path, body)
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Profile updated successfully",
        "user": {
            "id": user.pk,
            "email": "user@example.com",
            **body,
            "is_admin": False,
            "role": "customer",
            "language": "en",
            "email_verified": False,
        },
    }
    user.refresh_from_db()
    assert (user.first_name, user.last_name, user.phone) == ("John", "Smith", "555-123-4567")


def test_what_is_not_given_stays(api, user):
    bystander = UserFactory(first_name="Grace")
    api.login_as(user)
    assert api.put("auth/update-profile", {"first_name": "Zoë 🦊"}).status_code == 200
    assert api.put("auth/update-profile", {}).status_code == 200
    user.refresh_from_db()
    bystander.refresh_from_db()
    assert (user.first_name, user.last_name, bystander.first_name) == ("Zoë 🦊", "Lovelace", "Grace")


@pytest.mark.parametrize(
    "key", ["role", "is_admin", "is_staff", "is_superuser", "is_active", "email", "password", "id", "email_verified"]
)
@pytest.mark.parametrize("who", [UserFactory, AdminFactory])
def test_nobody_changes_more_than_their_own_names(api, who, key):
    user = who()
    answer = api.login_as(user).put("auth/update-profile", {"first_name": "Eve", key: True})
    assert (answer.status_code, list(answer.json()["details"])) == (400, [key])
    fresh = type(user).objects.get(pk=user.pk)
    assert (fresh.first_name, fresh.role, fresh.email) == ("Ada", user.role, user.email)


@pytest.mark.parametrize("value", [None, 5, 1.5, True, [], {}, "a\x00b", "\ud800", "a\nb", "x" * 100_000])
@pytest.mark.parametrize("key", ["first_name", "last_name", "phone"])
def test_nonsense_in_any_field_is_400(api, user, key, value):
    assert api.login_as(user).put("auth/profile", {key: value}).status_code == 400


@pytest.mark.parametrize("body", [[], "x", 5, True, b"{", b"\xff", b"[" * 100_000, b'{"phone": NaN}'])
def test_what_is_no_object_is_400(api, user, body):
    answer = api.login_as(user).put("auth/profile", body)
    assert answer.status_code == 400
    assert answer.json()["status"] == 400


def test_an_empty_phone_takes_it_away_but_a_name_must_stay(api, user):
    api.login_as(user)
    assert api.put("auth/profile", {"phone": ""}).status_code == 200
    assert api.put("auth/profile", {"first_name": " "}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "auth/me"),
        ("PUT", "auth/profile"),
        ("PATCH", "auth/update-profile"),
        ("POST", "auth/resend-verification"),
        ("GET", "auth/addresses"),
    ],
)
def test_strangers_are_sent_away(api, method, path):
    answer = api.generic(method, path, {})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "token" in answer.json()["error"]


# --- Verification


@pytest.fixture
def mailed():
    """The verification tokens that were asked for again."""
    received = []

    def listen(token, **_):
        received.append(token)

    email_verification_requested.connect(listen)
    yield received
    email_verification_requested.disconnect(listen)


def verify(api, token):
    """Prove with a token."""
    return api.post("auth/verify-email", {"token": token})


def test_a_token_verifies_once(api, user):
    bystander = UserFactory()
    token = one_time_tokens.issue(user=user, purpose=VERIFICATION)
    answer = verify(api, token)
    assert (answer.status_code, answer.json()) == (200, {"message": "Email verified successfully"})
    user.refresh_from_db()
    bystander.refresh_from_db()
    assert timezone.now() - user.email_verified_at < timedelta(seconds=10)
    assert bystander.email_verified_at is None
    assert verify(api, token).status_code == 401
    assert api.login_as(user).get("auth/me").json()["user"]["email_verified"] is True


def test_a_verification_token_is_good_for_a_day(api, user):
    token = one_time_tokens.issue(user=user, purpose=VERIFICATION)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        answer = verify(api, token)
    assert answer.status_code == 401
    assert "token" in answer.json()["error"]


def test_asking_again_sends_a_new_token_that_ends_the_old(api, user, mailed):
    old = one_time_tokens.issue(user=user, purpose=VERIFICATION)
    answer = api.login_as(user).post("auth/resend-verification")
    assert answer.status_code == 200
    assert mailed[0] not in answer.content.decode()
    assert verify(api, old).status_code == 401
    assert verify(api, mailed[0]).status_code == 200


def test_who_is_verified_gets_the_same_answer_and_no_letter(api, user, mailed):
    api.login_as(user)
    first = api.post("auth/resend-verification")
    verify(api, mailed[0])
    again = api.post("auth/resend-verification")
    assert (again.status_code, again.json()) == (200, first.json())
    assert len(mailed) == 1


@pytest.mark.parametrize("value", [None, 5, True, [], {}, "", "a\x00b", "\ud800", "x" * 100_000])
def test_nonsense_instead_of_a_token_is_400(api, user, value):
    assert verify(api, value).status_code == 400
