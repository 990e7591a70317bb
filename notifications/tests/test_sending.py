"""Each mail reaches a mail server once, however often that one refuses, and whoever else sends."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPException

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult

from core.testing.races import race
from notifications.models import LEASE, RETRY_AFTER, Email
from notifications.outbox.sending import deliver, send_email
from notifications.tests.factories import EmailFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_server_that_refuses_and_drops_gets_the_mail_at_the_third_attempt(smtp, work):
    server = smtp("refuse", "drop")
    with time_machine.travel(NOON, tick=False) as clock:
        email = EmailFactory()
        send_email.enqueue(email_id=email.pk)
        work()
        email.refresh_from_db()
        assert (email.status, email.attempts) == (Email.Status.QUEUED, 1)
        assert email.next_attempt_at == NOON + timedelta(minutes=1)
        assert "451" in email.last_error

        work()
        email.refresh_from_db()
        assert email.attempts == 1

        clock.move_to(NOON + timedelta(minutes=1))
        work()
        email.refresh_from_db()
        assert (email.status, email.attempts) == (Email.Status.QUEUED, 2)
        assert email.next_attempt_at == NOON + timedelta(minutes=6)

        clock.move_to(NOON + timedelta(minutes=6))
        work()
        work()
    email.refresh_from_db()
    assert (email.status, email.attempts, email.last_error) == (Email.Status.SENT, 3, "")
    assert [m["Message-ID"] for m in server.taken] == [email.message_id]
    assert server.taken[0]["Auto-Submitted"] == "auto-generated"


def test_a_mail_that_nobody_takes_is_parked_after_the_last_wait(smtp):
    smtp(*["refuse"] * 10)
    waits = []
    with time_machine.travel(NOON, tick=False) as clock:
        email = EmailFactory()
        while email.status == Email.Status.QUEUED:
            due = email.next_attempt_at
            clock.move_to(due)
            assert deliver(email=email) == email.status
            waits.append(email.next_attempt_at - due)
    email.refresh_from_db()
    assert (email.status, email.attempts) == (Email.Status.FAILED, len(RETRY_AFTER) + 1)
    assert tuple(waits[:-1]) == RETRY_AFTER
    assert "451" in email.last_error


def test_every_attempt_carries_the_same_message_id(smtp):
    """Whoever is killed between sending and recording sends twice, and the reader's program can tell."""
    server = smtp()
    email = EmailFactory()
    first = email.message_id
    deliver(email=email)
    Email.objects.update(status=Email.Status.QUEUED)
    with time_machine.travel(datetime.now(tz=UTC) + LEASE):
        deliver(email=Email.objects.get())
    assert [m["Message-ID"] for m in server.taken] == [first, first]
    assert first != EmailFactory().message_id


def test_a_server_that_hangs_up_without_a_goodbye_has_the_mail_all_the_same(smtp, monkeypatch):
    def fail(self):
        raise SMTPException("no goodbye")

    server = smtp()
    email = EmailFactory()
    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.close", fail)
    assert deliver(email=email) == Email.Status.SENT
    assert len(server.taken) == 1


def test_a_way_out_that_is_not_set_up_is_tried_again(settings):
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"  # and no key
    email = EmailFactory()
    assert deliver(email=email) == Email.Status.QUEUED
    assert "MAILGUN_API_KEY" in email.last_error


def test_what_a_killed_worker_left_is_swept_after_its_lease(capsys):
    with time_machine.travel(NOON, tick=False) as clock:
        email = EmailFactory()
        assert email.claim()  # and then the worker is killed
        call_command("send_emails")
        assert capsys.readouterr().out.startswith("0 sent")
        clock.move_to(NOON + LEASE)
        call_command("send_emails")
        assert capsys.readouterr().out.startswith("1 sent")
        call_command("send_emails")
        assert capsys.readouterr().out.startswith("0 sent")
    assert len(mail.outbox) == 1


def test_the_command_says_what_became_of_each(capsys, monkeypatch, settings):
    EmailFactory(recipient="good@example.com")
    EmailFactory(recipient="later@example.com")
    EmailFactory(recipient="never@example.com", attempts=len(RETRY_AFTER))
    EmailFactory(recipient="not-due@example.com", next_attempt_at=datetime(2100, 1, 1, tzinfo=UTC))
    send = mail.EmailMultiAlternatives.send

    def moody(self, *args, **kwargs):
        if self.to != ["good@example.com"]:
            raise ConnectionRefusedError
        return send(self, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", moody)
    call_command("send_emails")
    output = capsys.readouterr().out.strip()
    assert output.startswith("1 sent, 1 to be tried again, 1 parked, 0 to addresses that take no mail, 0 left to")


def test_a_sender_whose_lease_is_over_cannot_undo_what_another_did():
    with time_machine.travel(NOON, tick=False) as clock:
        slow = EmailFactory()
        slow.claim()
        clock.move_to(NOON + LEASE)
        deliver(email=Email.objects.get())
        slow.record_failure(TimeoutError())
    email = Email.objects.get()
    assert (email.status, email.last_error) == (Email.Status.SENT, "")


def test_the_task_of_a_mail_that_is_gone_does_nothing():
    send_email.call(email_id=404)
    assert not DBTaskResult.objects.exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_one_mail_once(smtp):
    assert connection.vendor == "mysql"
    server = smtp()
    for _ in range(20):
        pk = EmailFactory().pk
        outcomes = race([lambda pk=pk: deliver(email=Email.objects.get(pk=pk))] * 2)
        assert sorted(outcomes, key=str) == [None, Email.Status.SENT]
    assert len(server.taken) == 20
