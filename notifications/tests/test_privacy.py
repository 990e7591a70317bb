"""The texts of mails are removed in time, and what opens an account is in no log."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from accounts.tests.factories import ManagerFactory
from notifications import chores
from notifications.models import Email
from notifications.outbox import queueing, resending
from notifications.tests.factories import EmailFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def mail_of_age(days, **fields):
    """A sent mail that was made that many days before NOON."""
    with time_machine.travel(NOON - timedelta(days=days), tick=False):
        return EmailFactory(**{"status": Email.Status.SENT, **fields})


def clear():
    with time_machine.travel(NOON, tick=False):
        call_command("clear_mail_bodies")


def test_the_text_of_an_old_mail_goes_and_its_record_stays(settings, monkeypatch, capsys):
    monkeypatch.setattr(chores, "CLEARED_AT_ONCE", 2)
    settings.MAIL_BODY_DAYS = 30
    old = [mail_of_age(31, secret="t0ps3cret", status=status) for status in ("sent", "bounced", "failed")]
    young, waiting = mail_of_age(29), mail_of_age(31, status=Email.Status.QUEUED)
    clear()
    assert capsys.readouterr().out == "Removed the texts of 3 mails.\n"
    for email in old:
        email.refresh_from_db()
        assert (email.text, email.html, email.secret, email.body_removed_at) == ("", "", "", NOON)
        assert (email.subject, email.recipient) == ("Your password was changed", "ada@example.com")
    for email in (young, waiting):
        email.refresh_from_db()
        assert email.text
    clear()
    assert capsys.readouterr().out == "Removed the texts of 0 mails.\n"


def test_staff_see_when_it_went_and_cannot_send_it_again(client):
    email = mail_of_age(91, status=Email.Status.FAILED)
    clear()
    client.force_login(ManagerFactory())
    shown = client.get(reverse("admin:notifications_email_change", args=[email.pk])).content.decode()
    assert "Mar 1, 2026" in shown
    assert reverse("admin:notifications_email_send-again", args=[email.pk]) not in shown
    with pytest.raises(resending.NotSendable, match="removed"):
        resending.send_again(email=email, by=None)


def test_a_broken_template_does_not_bring_a_token_into_the_log(caplog, monkeypatch):
    def fail(**given):
        raise ValueError(f"cannot render {given}")

    monkeypatch.setattr(queueing, "render", fail)
    queueing.write_email(
        kind="password_reset",
        face="shop",
        event="token:1",
        recipient="a@b.example",
        user=None,
        context=dict,
        secret="t0ps3cret",
    )
    assert "cannot render" in caplog.text
    assert "t0ps3cret" not in caplog.text + Email.objects.get().last_error
