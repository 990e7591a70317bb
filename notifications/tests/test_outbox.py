"""A mail is queued once per event: when its cause is committed, and not when it is rolled back."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core import mail
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import OneTimeToken
from accounts.one_time_tokens import digest
from accounts.tests.factories import UserFactory
from core.testing.races import race
from notifications.mails import rendering
from notifications.models import Email
from notifications.outbox import queueing, resending
from notifications.tests.factories import CONTEXTS, EmailFactory

pytestmark = pytest.mark.django_db


def queue(**changes):
    """The reset mail for a token, or what `changes` make of it."""
    given = {
        "kind": "password_reset",
        "face": "shop",
        "event": "token:abc",
        "recipient": "ada@example.com",
        "user": None,
        "context": CONTEXTS["password_reset"],
        "secret": "s3cr3t/+",
    }
    given |= changes
    if not callable(given["context"]):
        given["context"] = partial(dict, given["context"])
    queueing.write_email(**given)


@pytest.fixture
def broken(monkeypatch):
    """Templates that fail, until it is called."""

    def fail(**_):
        raise rendering.MissingVariable("price")

    with monkeypatch.context() as patch:
        patch.setattr(queueing, "render", fail)
        yield patch.undo


def test_a_committed_mail_is_sent_once_by_the_worker(work):
    user = UserFactory()
    queue(user=user)
    work()
    work()
    assert [m.to for m in mail.outbox] == [["ada@example.com"]]
    email = Email.objects.get()
    assert (email.status, email.attempts, email.user) == (Email.Status.SENT, 1, user)
    assert email.sent_at
    assert not email.last_error


def test_text_and_html_carry_the_link_and_the_row_forgets_it(work):
    queue()
    work()
    message = mail.outbox[0]
    html, kind = message.alternatives[0]
    assert "token=s3cr3t%2F%2B" in message.body
    assert "token=s3cr3t%2F%2B" in html
    assert kind == "text/html"
    email = Email.objects.get()
    assert email.secret == ""
    assert "s3cr3t" not in email.text + email.html


def test_the_demo_keeps_the_link_for_those_who_try_it(settings, work):
    settings.DEMO = True
    queue()
    work()
    email = Email.objects.get()
    assert "token=s3cr3t%2F%2B" in email.for_staff(email.text)


def test_the_same_event_is_told_once_and_others_are_told_too():
    for event in ("token:abc", "token:abc", "token:def"):
        queue(event=event)
    queue(recipient="eve@example.com")
    queue(kind="verify_email", context=CONTEXTS["verify_email"])
    assert Email.objects.count() == DBTaskResult.objects.count() == 4


def test_rolled_back_means_never(work):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue()
        raise ZeroDivisionError
    work()
    assert not Email.objects.exists()
    assert not mail.outbox


def test_another_integrity_error_is_not_taken_for_a_mail_that_is_owed_already(monkeypatch):
    EmailFactory(event="token:other")

    def refuse(*args, **kwargs):
        raise queueing.IntegrityError("foreign key")

    monkeypatch.setattr(Email, "save", refuse)
    with pytest.raises(queueing.IntegrityError):
        queue()


def test_a_template_that_fails_parks_the_mail_and_the_rest_goes_on(broken):
    with transaction.atomic():
        queue()
        user = UserFactory()
    user.refresh_from_db()
    email = Email.objects.get()
    assert email.status == Email.Status.FAILED
    assert email.last_error == "MissingVariable: price"
    assert not DBTaskResult.objects.exists()


@pytest.fixture
def token():
    """What the secret of `queue` names."""
    names = {"user": UserFactory(), "purpose": "password_reset", "digest": digest("s3cr3t/+")}
    return OneTimeToken.objects.create(**names, expires_at=timezone.now() + timedelta(hours=1))


def test_a_context_that_cannot_be_had_parks_the_mail_and_the_rest_goes_on(token):
    with transaction.atomic():
        queue(context=lambda: {}["carrier"])
        user = UserFactory()
    user.refresh_from_db()
    email = Email.objects.get()
    assert email.status == Email.Status.FAILED
    assert email.last_error == "KeyError: 'carrier'"
    assert not DBTaskResult.objects.exists()
    with pytest.raises(resending.NotSendable, match="rendered"):
        resending.send_again(email=email, by=None)


def test_a_lost_transaction_is_not_taken_for_a_broken_mail():
    def deadlock():
        raise OperationalError(1213, "Deadlock found")

    with pytest.raises(OperationalError):
        queue(context=deadlock)
    assert not Email.objects.exists()


def test_a_parked_mail_is_rendered_anew_when_it_is_sent_again(broken, work, token):
    queue()
    email = Email.objects.get()
    broken()
    assert resending.send_again(email=email, by=None) == email
    work()
    assert mail.outbox[0].subject == "Reset your password"
    assert "token=s3cr3t%2F%2B" in mail.outbox[0].body
    email.refresh_from_db()
    assert (email.status, email.context) == (Email.Status.SENT, {})


@pytest.mark.parametrize("status", [Email.Status.FAILED, Email.Status.SUPPRESSED])
def test_a_link_that_is_no_longer_good_is_not_sent_again(token, status):
    queue()
    Email.objects.update(status=status)
    assert not resending.obstacle(Email.objects.get())
    with time_machine.travel(token.expires_at), pytest.raises(resending.NotSendable, match="no longer good"):
        resending.send_again(email=Email.objects.get(), by=None)
    assert Email.objects.get().status == status


@pytest.mark.parametrize("context", [{}, {"name": "Ada"}])
def test_what_still_cannot_be_rendered_stays_parked(context, token):
    queue(context=context)
    with pytest.raises(resending.NotSendable, match="rendered"):
        resending.send_again(email=Email.objects.get(), by=None)
    assert Email.objects.get().status == Email.Status.FAILED


def test_an_unknown_kind_is_parked_too():
    queue(kind="nonsense")
    assert Email.objects.get().status == Email.Status.FAILED


def test_a_context_that_is_not_plain_is_parked_too():
    queue(context={**CONTEXTS["password_reset"], "valid_for": timedelta(hours=1)})
    email = Email.objects.get()
    assert email.status == Email.Status.FAILED
    assert email.context["valid_for"] == "1:00:00"


def test_emoji_survive(work):
    queue(context={**CONTEXTS["password_reset"], "name": "Zoë 👩🏽‍💻"})
    assert "Hi Zoë 👩🏽‍💻," in Email.objects.get().text
    work()
    assert "Hi Zoë 👩🏽‍💻," in mail.outbox[0].body


def test_a_name_cannot_add_a_header(work):
    name = "Ada\r\nBcc: eve@example.com"
    queue(context={**CONTEXTS["password_reset"], "name": name})
    work()
    raw = mail.outbox[0].message().as_string()
    assert "\nBcc:" not in raw
    assert mail.outbox[0].recipients() == ["ada@example.com"]


def test_queueing_costs_four_queries(django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(4):
        queue()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_who_tell_of_one_event_at_once_leave_one_mail():
    for turn in range(20):
        assert race([lambda event=f"token:{turn}": queue(event=event)] * 4) == [None] * 4
    assert Email.objects.count() == 20
