"""Fixtures of the tests that cross all apps."""

import pytest
from django.db import transaction

from giggatek.tests.world import build_world, put_upload


@pytest.fixture(scope="module")
def built_world(django_db_setup, django_db_blocker):
    """A world that is built once for a module and gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(built_world, db, settings):
    """The module's world, where Paystack, shops and ERPs never answer; what a test does to it is rolled back."""
    settings.MOCK_MODE = True
    settings.MOCK_PROKIP_URL = settings.MOCK_SHOPIFY_URL = settings.MOCK_WOO_URL = "http://127.0.0.1:9"
    settings.PAYSTACK_SECRET_KEY, settings.PAYSTACK_API_BASE = "sk_test_world", "http://127.0.0.1:9"
    put_upload(built_world)
    return built_world
