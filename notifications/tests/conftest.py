"""A worker and a mail server for tests."""

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command

from notifications.tests.mail_server import MoodyHandler, free_port


@pytest.fixture
def work(monkeypatch):
    """Let the real worker do what is due. It keeps the test's connection, and with it the test's rows."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    return lambda: call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


@pytest.fixture
def smtp(settings):
    """A real mail server; call it with its moods."""
    started = []

    def start(*moods):
        handler = MoodyHandler(*moods)
        controller = Controller(handler, hostname="127.0.0.1", port=free_port())
        controller.start()
        started.append(controller)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
        settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = False, "", ""
        return handler

    yield start
    for controller in started:
        controller.stop()
