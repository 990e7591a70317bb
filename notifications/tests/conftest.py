"""A worker, a mail server and providers of mail for tests."""

import pytest
from django.core.management import call_command

from notifications.tests.factories import SIGNING_KEY
from notifications.tests.mail_server import SMTP, MailServer


@pytest.fixture
def work(monkeypatch):
    """Let the real worker do what is due. It keeps the test's connection, and with it the test's rows."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    return lambda: call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


@pytest.fixture
def smtp(settings):
    """A real mail server; call it with its moods."""
    servers = []

    def start(*moods):
        server = MailServer(moods)
        server.controller.start()
        servers.append(server)
        for name, value in {**SMTP, "EMAIL_PORT": server.controller.port}.items():
            setattr(settings, name, value)
        return server

    yield start
    for server in servers:
        server.controller.stop()


@pytest.fixture
def use_mailgun(settings):
    """Mails go through Mailgun, whose webhooks are signed."""
    settings.EMAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "", "MAILGUN_API_KEY": "k", "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}
