"""The demo's logins open a demo and nothing else."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from accounts.demo import EMAILS, PASSWORD, is_public_login
from accounts.tests.factories import PASSWORD as OWN_PASSWORD
from accounts.tests.factories import AdminFactory, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(email, password):
    return authenticate(RequestFactory().post("/"), username=email, password=password)


@pytest.fixture
def production(settings):
    settings.DEFAULT_SECRETS_ALLOWED = False


@pytest.mark.parametrize("email", sorted(EMAILS))
def test_a_demo_knows_its_logins(email):
    user = UserFactory(email=email, password=PASSWORD)
    assert sign_in(email, PASSWORD) == user


@pytest.mark.parametrize("email", sorted(EMAILS))
def test_production_refuses_them_in_every_spelling(production, email):
    UserFactory(email=email, password=PASSWORD)
    for typed in (email, email.upper(), f" {email} "):
        assert sign_in(typed, PASSWORD) is None


def test_production_refuses_them_when_asked_by_email(production):
    AdminFactory(email="admin@example.com", password=PASSWORD)
    assert authenticate(RequestFactory().post("/"), email="admin@example.com", password=PASSWORD) is None


def test_production_lets_in_whoever_changed_the_password_or_merely_chose_the_same(production):
    admin = AdminFactory(email="admin@example.com", password=OWN_PASSWORD)
    stranger = UserFactory(email="ada@example.com", password=PASSWORD)
    assert sign_in("admin@example.com", OWN_PASSWORD) == admin
    assert sign_in("ada@example.com", PASSWORD) == stranger


def test_the_admins_own_login_page_refuses_them_too(production, client, settings):
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    AdminFactory(email="admin@example.com", password=PASSWORD)
    form = {"username": "admin@example.com", "password": PASSWORD}
    assert client.post("/admin/login/", form).status_code == 200
    assert "_auth_user_id" not in client.session
    settings.DEFAULT_SECRETS_ALLOWED = True
    assert client.post("/admin/login/", form).status_code == 302
    assert "_auth_user_id" in client.session


def test_half_of_a_public_login_is_none():
    assert is_public_login("Admin@Example.com", PASSWORD)
    assert not is_public_login("admin@example.com", PASSWORD.lower())
    assert not is_public_login("admin@example.org", PASSWORD)
    assert not is_public_login("", "")
