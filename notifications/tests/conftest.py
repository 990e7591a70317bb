"""A worker for tests."""

import pytest
from django.core.management import call_command


@pytest.fixture
def work(monkeypatch):
    """Let the real worker do what is due. It keeps the test's connection, and with it the test's rows."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    return lambda: call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
