"""Fixtures for the tests of every app."""

import os

os.environ.setdefault("TESTING", "true")

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection
from django.test import override_settings

from core.testing.flush import flush_past_guards
from payments.ledger import triggers

pytest_plugins = ["core.testing.fixtures", "rentals.tests.fixtures", "storesync.tests.mocks", "storesync.tests.shops"]

flush_past_guards(
    type(connection.ops), tables=triggers.TABLES, dropping=triggers.dropping, creating=triggers.creating
)


@pytest.fixture(autouse=True, scope="session")
def quick():
    """A quick hasher, and limits that no test meets by chance."""
    ours = ("API_THROTTLE_", "SYNC_THROTTLE_")
    limits = {name: "100000/min" for name in dir(project) if name.startswith(ours)}
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        WHITENOISE_AUTOREFRESH=True,  # else each test's client first looks at every static file
        **limits,
    ):
        yield


@pytest.fixture(autouse=True)
def separate(settings, tmp_path):
    """Each test has its own cache, mail folder and media."""
    cache.clear()
    settings.MAIL_DIR = tmp_path / "mail"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Races need rows that lock, which SQLite does not have: there they are taken out, not skipped."""
    if connection.vendor == "mysql":
        return
    items[:] = [item for item in items if not item.get_closest_marker("races")]
