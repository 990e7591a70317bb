"""Stopped addresses in the back office: on the account, and the button that allows mail again."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import MANAGER_APPS
from accounts.tests.factories import ManagerFactory, UserFactory
from notifications.models import EmailEvent
from notifications.outbox.suppressions import stop
from notifications.tests.factories import EmailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory(email="ada@example.com")


@pytest.fixture
def stopped(ada):
    return stop(address="Ada@example.com", reason="bounce", detail="550 5.1.1 Nobody here", email=EmailFactory())


@pytest.fixture
def staff(client):
    client.force_login(ManagerFactory(first_name="Grace", last_name="Hopper"))
    return client


def page(name, row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def test_the_account_says_that_its_mail_is_stopped_and_why(staff, ada, stopped):
    shown = staff.get(page("change", ada)).content.decode()
    assert "Mail to this customer" in shown
    assert "550 5.1.1 Nobody here" in shown
    assert page("allow", stopped) in shown


def test_an_account_whose_mail_arrives_says_nothing(staff, ada, stopped):
    assert "Mail to this customer" not in staff.get(page("change", UserFactory())).content.decode()


def test_mail_is_allowed_again_with_a_reason(staff, ada, stopped):
    assert staff.post(page("allow", stopped), {"because": ""}).status_code == 200
    stopped.refresh_from_db()
    assert stopped.lifted_at is None
    staff.post(page("allow", stopped), {"because": "She called"})
    stopped.refresh_from_db()
    assert stopped.lifted_at
    shown = staff.get(page("change", stopped)).content.decode()
    assert "Grace Hopper: She called" in shown
    assert page("allow", stopped) not in shown
    assert "Allow mail again" in LogEntry.objects.get().change_message
    assert "Allowed again" in staff.get(page("change", ada)).content.decode()


def test_who_may_only_look_cannot_allow_it(staff, stopped, monkeypatch):
    monkeypatch.setitem(MANAGER_APPS, "notifications", frozenset({"view"}))
    assert staff.post(page("allow", stopped), {"because": "Please"}).status_code == 403
    stopped.refresh_from_db()
    assert stopped.lifted_at is None


def test_a_mail_shows_what_the_provider_told(staff, ada):
    email = EmailFactory(user=ada)
    assert "Tracking by the provider" not in staff.get(page("change", email)).content.decode()
    EmailEvent.objects.create(
        email=email, key="k", provider="Mailgun", kind="deferred", detail="Greylisted", occurred_at=email.created_at
    )
    shown = staff.get(page("change", email)).content.decode()
    assert "Tracking by the provider" in shown
    assert "Greylisted" in shown
    assert page("change", email) in staff.get(page("change", ada)).content.decode()


def test_the_lists_ask_as_often_for_three_as_for_one(staff, stopped, django_assert_num_queries):
    url = reverse("admin:notifications_suppression_changelist")
    staff.get(url)
    with CaptureQueriesContext(connection) as one:
        staff.get(url)
    for name in ("eve", "bob"):
        UserFactory(email=f"{name}@example.com")
        stop(address=f"{name}@example.com", reason="bounce", detail="Gone")
    with django_assert_num_queries(len(one)):
        staff.get(url)
