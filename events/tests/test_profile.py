"""Accounts of the box office: profile, passwords, verification."""

import pytest

from accounts import one_time_tokens, services
from accounts.models import OneTimeToken, Session
from accounts.sessions.tokens import open_session
from accounts.signals import email_verification_requested, password_reset_requested
from accounts.tests.factories import PASSWORD
from events.models import Ticket
from events.tests.clients import EventsClient, bearer, error, events_client, wrong
from events.tests.gates import tickets_of

pytestmark = pytest.mark.django_db

SITE, EVIL = "http://localhost:3000", "https://evil.example"
NEW = "abuja-2027"
RESET, VERIFICATION = OneTimeToken.Purpose.PASSWORD_RESET, OneTimeToken.Purpose.EMAIL_VERIFICATION


@pytest.fixture
def signed_in(user):
    return events_client(user)


@pytest.fixture
def by_cookie(user):
    """A client that has the cookie alone."""
    client = EventsClient()
    client.cookies["refresh_token"] = open_session(user=user, face="events").refresh
    return client


@pytest.mark.parametrize("call", ["me", "profile"])
def test_me_and_profile_are_the_user_by_token_and_by_cookie(signed_in, by_cookie, box, call):
    body = signed_in.get(f"auth/{call}").json()
    assert (body["email"], body["full_name"], body["phone"]) == ("user@example.com", "Ada Lovelace", None)
    assert body["data"] == by_cookie.get(f"auth/{call}").json()["data"]
    assert by_cookie.get(f"auth/{call}", headers={"Origin": SITE}).status_code == 200
    assert error(by_cookie.get(f"auth/{call}", headers={"Origin": EVIL})) == (403, "FORBIDDEN")
    assert error(box.get(f"auth/{call}")) == (401, "UNAUTHORIZED")


def test_the_cookie_opens_nothing_outside_of_auth(by_cookie):
    assert error(by_cookie.get("tickets")) == (401, "UNAUTHORIZED")


def test_a_bad_bearer_is_401_before_a_bad_body(signed_in):
    assert error(signed_in.put("auth/profile", b"{", headers=bearer("a.b.c"))) == (401, "UNAUTHORIZED")


def test_cancelled_tickets_do_not_count(signed_in, user):
    first, *others = tickets_of(user, quantity=3)
    assert signed_in.get("auth/me").json()["tickets_count"] == 3
    first.move_to(Ticket.Status.CANCELLED, by=None)
    assert signed_in.get("auth/me").json()["tickets_count"] == len(others)


@pytest.mark.parametrize("method", ["put", "patch"])
def test_what_is_absent_stays(signed_in, user, method):
    change = getattr(signed_in, method)
    assert change("auth/profile", {"phone": "0803 1"}).json()["full_name"] == "Ada Lovelace"
    assert change("auth/profile", {"full_name": "Grace Brewster Hopper"}).json()["phone"] == "0803 1"
    assert change("auth/profile", {}).status_code == 200
    assert change("auth/profile", {"phone": ""}).json()["data"]["phone"] is None
    user.refresh_from_db()
    assert (user.first_name, user.last_name) == ("Grace Brewster", "Hopper")


def test_the_email_is_sent_back_but_not_changed(signed_in, user, admin):
    assert signed_in.patch("auth/profile", {"email": "USER@example.com"}).status_code == 200
    for email in ("other@example.com", admin.email):
        assert wrong(signed_in.patch("auth/profile", {"email": email, "phone": "1"}))[0] == "email"
    user.refresh_from_db()
    assert (user.email, user.phone) == ("user@example.com", "")


@pytest.mark.parametrize(
    "body",
    [
        {"full_name": None},
        {"full_name": ""},
        {"full_name": 5},
        {"full_name": ["Ada"]},
        {"phone": 5},
        {"phone": {"a": 1}},
        {"phone": "0" * 41},
        {"email": 5},
        {"email": None},
    ],
)
def test_what_is_no_profile_is_400(signed_in, user, body):
    assert wrong(signed_in.patch("auth/profile", {"phone": "1", **body}))[0] in body
    user.refresh_from_db()
    assert user.phone == ""


def test_nobody_makes_themselves_more(signed_in, user):
    more = {"role": "admin", "is_verified": True, "is_active": False}
    assert signed_in.patch("auth/profile", more).json()["is_active"] is True
    user.refresh_from_db()
    assert (user.role, user.email_verified_at) == ("customer", None)


# --- Passwords


@pytest.mark.parametrize("key", ["old_password", "current_password"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_another_password_ends_the_other_logins(signed_in, user, key, method):
    elsewhere = open_session(user=user, face="events")
    answer = getattr(signed_in, method)("auth/change-password", {key: PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer.json()["data"]) == (200, {})
    assert signed_in.get("auth/me").status_code == 200
    assert not Session.objects.alive().filter(pk=elsewhere.session.pk).exists()
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_a_wrong_old_password_is_400(signed_in, user):
    answer = signed_in.post("auth/change-password", {"old_password": "Wrong-horse-1", "new_password": NEW})
    assert error(answer) == (400, "WRONG_PASSWORD")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_cookie_changes_the_password_from_an_allowed_site_alone(by_cookie):
    body = {"old_password": PASSWORD, "new_password": NEW}
    assert error(by_cookie.post("auth/change-password", body, headers={"Origin": EVIL})) == (403, "FORBIDDEN")
    assert by_cookie.post("auth/change-password", body, headers={"Origin": SITE}).status_code == 200
    assert by_cookie.post("auth/refresh", headers={"Origin": SITE}).status_code == 200


@pytest.mark.parametrize("new", [None, 5, "short1", "only-letters", "1234567890", "1" + "x" * 200, ["abcdefg1"]])
def test_a_new_password_keeps_the_rule(signed_in, user, new):
    body = {"old_password": PASSWORD, "new_password": new}
    assert wrong(signed_in.post("auth/change-password", body))[0] == "new_password"
    token = one_time_tokens.issue(user=user, purpose=RESET)
    assert wrong(signed_in.post("auth/password-reset", {"token": token, "password": new}))[0] == "new_password"


@pytest.fixture
def mailed():
    """The tokens that went out by mail."""
    tokens = []

    def listen(token, **_):
        tokens.append(token)

    for signal in (password_reset_requested, email_verification_requested):
        signal.connect(listen)
    yield tokens
    for signal in (password_reset_requested, email_verification_requested):
        signal.disconnect(listen)


def test_everybody_gets_the_same_bytes(box, user, mailed):
    emails = ("user@example.com", "USER@example.com", "nobody@example.com", "nonsense")
    answers = [box.post("auth/password-reset-request", {"email": email}) for email in emails]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert len(mailed) == 2


@pytest.mark.parametrize("key", ["new_password", "password"])
def test_a_mailed_token_sets_a_password_once(box, user, mailed, key):
    elsewhere = open_session(user=user)
    box.post("auth/password-reset-request", {"email": user.email})
    assert box.post("auth/password-reset", {"token": mailed[0], key: NEW}).status_code == 200
    assert not Session.objects.alive().filter(pk=elsewhere.session.pk).exists()
    assert box.post("auth/login", {"email": user.email, "password": NEW}).status_code == 200
    assert error(box.post("auth/password-reset", {"token": mailed[0], key: NEW})) == (400, "INVALID_TOKEN")


@pytest.mark.parametrize("token", ["x", "é", "🎟" * 100, "x" * 4096])
@pytest.mark.parametrize("call", ["password-reset", "verify-email"])
def test_any_other_token_is_400(box, call, token):
    answer = box.post(f"auth/{call}", {"token": token, "new_password": NEW})
    assert error(answer) == (400, "INVALID_TOKEN")


@pytest.mark.parametrize("token", [None, "", 5, [], {}, "x" * 4097, "\x00"])
@pytest.mark.parametrize("call", ["password-reset", "verify-email"])
def test_what_is_no_token_is_400(box, call, token):
    assert wrong(box.post(f"auth/{call}", {"token": token, "new_password": NEW}))[0] == "token"


# --- Verification


def test_a_mailed_token_verifies_the_address(signed_in, box, user):
    token = one_time_tokens.issue(user=user, purpose=VERIFICATION)
    assert signed_in.get("auth/me").json()["is_verified"] is False
    assert box.post("auth/verify-email", {"token": token}).status_code == 200
    assert signed_in.get("auth/me").json()["is_verified"] is True
    assert error(box.post("auth/verify-email", {"token": token})) == (400, "INVALID_TOKEN")


def test_another_letter_is_sent_until_the_address_is_verified(signed_in, by_cookie, box, user, mailed):
    assert error(box.post("auth/resend-verification")) == (401, "UNAUTHORIZED")
    assert signed_in.post("auth/resend-verification").status_code == 200
    assert by_cookie.post("auth/resend-verification").status_code == 200
    assert len(mailed) == 2
    services.verify_email(token=mailed[-1])
    assert signed_in.post("auth/resend-verification").status_code == 200
    assert len(mailed) == 2
