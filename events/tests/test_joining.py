"""Accounts of the box office: joining."""

import pytest

from accounts.models import Session, User
from events.tests.clients import error, events_client, wrong

pytestmark = pytest.mark.django_db

NEW = {"email": "ada@example.com", "password": "lagos-2026", "full_name": "Ada Lovelace"}


def login(box, password):
    return box.post("auth/login", {"email": "Ada@example.com", "password": password})


def test_registering_answers_with_the_user_and_no_token(box):
    answer = box.post("auth/register", {**NEW, "phone": "0803 555 (ask for Ada)"})
    assert answer.status_code == 201
    user = User.objects.get()
    data = answer.json()["data"]
    assert data == {
        "id": user.pk,
        "email": "ada@example.com",
        "full_name": "Ada Lovelace",
        "phone": "0803 555 (ask for Ada)",
        "avatar_url": None,
        "is_active": True,
        "is_verified": False,
        "created_at": data["created_at"],
        "tickets_count": 0,
    }
    assert data["created_at"].endswith("Z")
    assert answer.json()["success"] is True
    assert {key: answer.json()[key] for key in data} == data
    assert "refresh_token" not in answer.cookies
    assert not Session.objects.exists()
    assert login(box, "lagos-2026").status_code == 200


@pytest.mark.parametrize(
    ("full_name", "first", "last"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Ada King Lovelace", "Ada King", "Lovelace"),
        ("Madonna", "Madonna", ""),
        ("Ada  Lovelace", "Ada ", "Lovelace"),
        ("Chukwuemeka Ọdụmegwu Òjukwu", "Chukwuemeka Ọdụmegwu", "Òjukwu"),
        ("李 🎟", "李", "🎟"),
        ("x" * 100, "x" * 100, ""),
    ],
)
def test_a_name_is_split_at_its_last_space_and_shown_as_it_was_sent(box, full_name, first, last):
    answer = box.post("auth/register", {**NEW, "full_name": full_name})
    assert answer.json()["full_name"] == full_name
    user = User.objects.get()
    assert (user.first_name, user.last_name) == (first, last)
    assert events_client(user).get("auth/me").json()["full_name"] == full_name


@pytest.mark.parametrize("phone", ["", None])
def test_no_phone_is_null(box, phone):
    assert box.post("auth/register", {**NEW, "phone": phone}).json()["phone"] is None


@pytest.mark.parametrize("email", ["user@example.com", "USER@Example.COM", " user@example.com "])
def test_an_email_that_is_known_in_any_case_is_409(box, user, email):
    answer = box.post("auth/register", {**NEW, "email": email})
    assert error(answer) == (409, "CONFLICT")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "constraint"),
    [
        ({"email": None}, "email", "required"),
        ({"email": ""}, "email", "required"),
        ({"email": 5}, "email", "type"),
        ({"email": ["a@b.example"]}, "email", "type"),
        ({"email": "ada"}, "email", "email"),
        ({"email": "ada@" + "x" * 300 + ".example"}, "email", "email"),
        ({"password": None}, "password", "required"),
        ({"password": 12345678}, "password", "type"),
        ({"password": "lagos-1"}, "password", "min_length"),
        ({"password": "1" + "x" * 200}, "password", "max_length"),
        ({"password": "only-letters"}, "password", "format"),
        ({"password": "1234567890"}, "password", "format"),
        ({"full_name": None}, "full_name", "required"),
        ({"full_name": "A"}, "full_name", "min_length"),
        ({"full_name": "  A  "}, "full_name", "min_length"),
        ({"full_name": "x" * 101}, "full_name", "max_length"),
        ({"full_name": {"first": "Ada"}}, "full_name", "type"),
        ({"full_name": "Ada\r\nBcc: x@y.example"}, "full_name", "format"),
        ({"full_name": "Ada\x00"}, "full_name", "format"),
        ({"phone": 8035550}, "phone", "type"),
        ({"phone": "0" * 41}, "phone", "max_length"),
    ],
)
def test_what_cannot_be_an_account_is_named(box, changes, field, constraint):
    assert wrong(box.post("auth/register", {**NEW, **changes})) == (field, constraint)
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["abcdefg1", "1" + "x" * 199, "日本語日本語12", "A1      "])
def test_a_letter_and_a_digit_are_enough(box, password):
    assert box.post("auth/register", {**NEW, "password": password}).status_code == 201
    assert login(box, password).status_code == 200


def test_no_field_makes_anybody_more(box):
    more = {
        "role": "admin",
        "is_staff": True,
        "is_admin": True,
        "is_verified": True,
        "email_verified_at": "2020-01-01",
    }
    assert box.post("auth/register", {**NEW, **more, "organizer_id": 1, "id": 7}).status_code == 201
    user = User.objects.get()
    assert (user.role, user.email_verified_at) == ("customer", None)
