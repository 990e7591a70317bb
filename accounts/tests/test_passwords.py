"""Changing a password, and setting a new one by a mailed token."""

import hashlib
import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import services
from accounts.models import OneTimeToken, Session
from accounts.sessions.tokens import open_session
from accounts.signals import password_changed, password_reset_requested
from accounts.tests.factories import PASSWORD, UserFactory
from core.testing.races import race

pytestmark = pytest.mark.django_db

NEW = "Brand-new-horse-2!"
RESET = OneTimeToken.Purpose.PASSWORD_RESET


@pytest.fixture
def mailed():
    """The reset tokens that went out, as (user, token)."""
    received = []

    def listen(user, token, **_):
        received.append((user, token))

    password_reset_requested.connect(listen)
    yield received
    password_reset_requested.disconnect(listen)


@pytest.fixture
def changes():
    """Whose password changed."""
    received = []

    def listen(user, **_):
        received.append(user)

    password_changed.connect(listen)
    yield received
    password_changed.disconnect(listen)


def ask(api, email="user@example.com"):
    """Ask for a reset letter."""
    return api.post("auth/password-reset-request", {"email": email})


def reset(api, token, password=NEW, key="new_password"):
    """Set a password by token."""
    return api.post("auth/password-reset", {"token": token, key: password})


def change(api, current=PASSWORD, new=NEW, method="PUT"):
    """Change a password as its owner."""
    return api.generic(method, "auth/change-password", {"current_password": current, "new_password": new})


def signs_in(api, password):
    """The status of a sign-in."""
    return api.post("auth/login", {"email": "user@example.com", "password": password}).status_code


def alive(api, tokens):
    """Whether a session's access token still works."""
    return api.get("auth/me", headers={"Authorization": f"Bearer {tokens.access}"}).status_code == 200


# --- Change


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_changing_answers_as_the_contract_says(api, user, changes, method):
    api.login_as(user)
    answer = change(api, method=method)
    assert (answer.status_code, answer.json()) == (200, {"message": "Password changed successfully"})
    assert changes == [user]
    assert signs_in(api, PASSWORD) == 401
    assert signs_in(api, NEW) == 200


def test_changing_ends_all_other_sessions_and_reset_tokens(api, user, mailed):
    other, stranger = open_session(user=user), open_session(user=UserFactory())
    api.login_as(user)
    ask(api)
    change(api)
    assert api.get("auth/me").status_code == 200
    assert not alive(api, other)
    assert alive(api, stranger)
    assert reset(api, mailed[0][1]).status_code == 401


def test_a_wrong_current_password_is_401_and_says_which(api, user, changes):
    other = open_session(user=user)
    api.login_as(user)
    answer = change(api, current="Wrong-horse-1!")
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
    assert "current_password" in answer.json()["error"]
    assert "token" not in answer.json()["error"]
    assert signs_in(api, PASSWORD) == 200
    assert alive(api, other)
    assert not changes


def test_guessing_the_current_password_locks_as_a_sign_in_does(api, user):
    api.login_as(user)
    statuses = [change(api, current="Wrong-horse-1!").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429]
    answer = change(api)
    assert answer.status_code == 429
    assert answer["Retry-After"]


def test_the_same_password_is_refused(api, user):
    answer = api.login_as(user) and change(api, new=PASSWORD)
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == ["new_password"]


@pytest.mark.parametrize("key", ["current_password", "new_password"])
@pytest.mark.parametrize("value", [None, 5, True, [], {}, "", "a\x00b", "\ud800", "x" * 100_000])
def test_nonsense_in_a_change_is_400(api, user, key, value):
    body = {"current_password": PASSWORD, "new_password": NEW, key: value}
    assert api.login_as(user).put("auth/change-password", body).status_code == 400
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_weak_new_password_is_400(api, user):
    api.login_as(user)
    answer = change(api, new="weak")
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["new_password"])


def test_changing_needs_a_token(api, user):
    answer = change(api)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "token" in answer.json()["error"]


# --- Ask for a letter


@pytest.mark.parametrize("email", ["user@example.com", "nobody@example.com", "gone@example.com", "no email"])
def test_asking_always_answers_alike(api, user, mailed, email):
    UserFactory(email="gone@example.com", is_active=False)
    answer = ask(api, email)
    assert answer.status_code == 200
    assert answer.json() == {"message": "If the email exists, a password reset link has been sent"}
    assert [who.email for who, _ in mailed] == (["user@example.com"] if email.startswith("user") else [])
    assert OneTimeToken.objects.count() == len(mailed)


def test_asking_takes_equally_long_for_everybody(api, user):
    def seconds(email):
        start = time.monotonic()
        ask(api, email)
        return time.monotonic() - start

    assert min(seconds("user@example.com"), seconds("nobody@example.com")) >= services.RESET_REQUEST_SECONDS


def test_only_a_digest_is_stored_and_no_answer_holds_the_token(api, user, mailed):
    answer = ask(api)
    [(_, token)] = mailed
    row = OneTimeToken.objects.get()
    assert len(token) == 43
    assert row.digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in answer.content.decode()
    assert "." not in token


@pytest.mark.parametrize("value", [None, 5, True, [], {}, "", "a\x00b", "\ud800", "x" * 100_000])
def test_nonsense_instead_of_an_email_is_400(api, value):
    assert ask(api, value).status_code == 400


def test_letters_are_limited(api, user, settings):
    settings.API_THROTTLE_RESET = "2/min"
    assert [ask(api).status_code for _ in range(3)] == [200, 200, 429]


# --- Reset


@pytest.mark.parametrize("key", ["new_password", "password"])
def test_resetting_answers_as_the_contract_says(api, user, mailed, changes, key):
    before = open_session(user=user)
    ask(api)
    answer = reset(api, mailed[0][1], key=key)
    assert (answer.status_code, answer.json()) == (200, {"message": "Password has been reset successfully"})
    assert changes == [user]
    assert not alive(api, before)
    assert not Session.objects.alive().exists()
    assert signs_in(api, PASSWORD) == 401
    assert signs_in(api, NEW) == 200


def refused(answer):
    """Whether the answer is the one to a bad reset token."""
    return (answer.status_code, answer.json()["error"]) == (401, "Invalid or expired reset token")


def test_a_token_is_good_once(api, user, mailed):
    ask(api)
    reset(api, mailed[0][1])
    assert refused(reset(api, mailed[0][1], "Third-new-horse-3!"))
    assert signs_in(api, NEW) == 200


def test_a_newer_token_ends_the_older(api, user, mailed):
    ask(api)
    ask(api)
    assert refused(reset(api, mailed[0][1]))
    assert reset(api, mailed[1][1]).status_code == 200


def test_a_token_is_good_for_an_hour(api, user, mailed):
    ask(api)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert refused(reset(api, mailed[0][1]))
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert reset(api, mailed[0][1]).status_code == 200


@pytest.mark.parametrize("token", ["unknown", "😀", "' OR 1=1 --", "x" * 4000])
def test_an_unknown_token_is_401(api, user, mailed, token):
    ask(api)
    assert refused(reset(api, token))


def test_a_stored_digest_is_no_token(api, user, mailed):
    ask(api)
    assert refused(reset(api, OneTimeToken.objects.get().digest))


def test_an_access_token_is_no_reset_token(api, user, mailed):
    ask(api)
    assert refused(reset(api, open_session(user=user).access))


def test_a_verification_token_resets_nothing(api, user):
    token = services.one_time_tokens.issue(user=user, purpose=OneTimeToken.Purpose.EMAIL_VERIFICATION)
    assert refused(reset(api, token))
    assert api.post("auth/verify-email", {"token": token}).status_code == 200


def test_a_disabled_users_token_is_worthless(api, user, mailed):
    ask(api)
    user.is_active = False
    user.save()
    assert refused(reset(api, mailed[0][1]))


def test_a_weak_password_does_not_use_the_token_up(api, user, mailed):
    ask(api)
    answer = reset(api, mailed[0][1], "weak")
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["new_password"])
    assert reset(api, mailed[0][1]).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": "x"},
        {"new_password": NEW},
        {"token": "x", "new_password": NEW, "password": NEW + "other"},
        {"token": 5, "new_password": NEW},
        {"token": "x", "new_password": [NEW]},
        {"token": "x\x00", "new_password": NEW},
        {"token": "x", "new_password": NEW, "email": "user@example.com"},
        [],
    ],
)
def test_nonsense_in_a_reset_is_400(api, user, body):
    assert api.post("auth/password-reset", body).status_code == 400


def test_a_reset_opens_a_locked_account(api, user, mailed):
    for _ in range(5):
        signs_in(api, "Wrong-horse-1!")
    assert signs_in(api, PASSWORD) == 429
    ask(api)
    reset(api, mailed[0][1])
    assert signs_in(api, NEW) == 200


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_two_uses_of_a_reset_token_one_wins(api, mailed, changes):
    user = UserFactory(email="user@example.com")
    for number in range(20):
        services.send_reset_token(user=user, face="shop")
        token = mailed.pop()[1]
        jobs = [lambda token=token, n=n: reset(api, token, f"Race-horse-{n}!").status_code for n in (1, 2)]
        assert sorted(race(jobs)) == [200, 401]
        assert len(changes) == number + 1
