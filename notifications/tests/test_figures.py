"""How the outbox stands, for operators and on the first page of the back office."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from accounts.tests.factories import ManagerFactory
from notifications.models import Email
from notifications.outbox.figures import mail_figures
from notifications.tests.factories import EmailFactory, SuppressionFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def outbox():
    """Two mails that wait, the older for three hours, one that was sent, one parked, one that came back."""
    with time_machine.travel(NOON - timedelta(hours=3), tick=False):
        EmailFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        EmailFactory()
        EmailFactory(status=Email.Status.OPENED, sent_at=NOON - timedelta(hours=23))
        EmailFactory(status=Email.Status.SENT, sent_at=NOON - timedelta(hours=25))
        EmailFactory(status=Email.Status.FAILED)
        EmailFactory(status=Email.Status.BOUNCED)
        SuppressionFactory()
        SuppressionFactory(lifted_at=NOON)
        yield clock


def test_the_command_tells_machines(outbox, capsys):
    call_command("mail_stats", json=True)
    assert json.loads(capsys.readouterr().out) == {
        "queued": 2,
        "sent_today": 1,
        "failed": 1,
        "bounced_this_week": 1,
        "stopped_addresses": 1,
        "oldest_seconds": 3 * 3600,
    }


def test_the_command_tells_people(outbox, capsys):
    call_command("mail_stats")
    assert "queued: 2\n" in capsys.readouterr().out


def test_an_empty_outbox_has_nothing_that_waits():
    assert mail_figures(now=NOON).oldest_seconds == 0


def test_staff_see_it_first(outbox, client):
    client.force_login(ManagerFactory())
    shown = " ".join(client.get(reverse("admin:index")).content.decode().split())
    assert 'Mails waiting</span> <strong>2</strong> <span class="gg-soft">the oldest for 3 h</span>' in shown
    assert "Mails that failed</span> <strong>1</strong>" in shown
    assert f"{reverse('admin:notifications_email_changelist')}?status__exact=failed" in shown
    assert "Stopped addresses</span> <strong>1</strong>" in shown
