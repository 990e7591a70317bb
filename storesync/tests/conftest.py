"""Fixtures of the hub's tests."""

import pytest
import time_machine
from django.utils import timezone

from storesync.tests.clients import hub_client
from storesync.tests.factories import make_operator


@pytest.fixture
def merchant():
    """A user of the hub."""
    return make_operator().user


@pytest.fixture
def hub(merchant):
    """Their client."""
    return hub_client(merchant)


@pytest.fixture
def stranger():
    """A client that is not signed in."""
    return hub_client()


@pytest.fixture
def running_clock():
    """It goes on between two shifts: a call budget that never fills would hold up the calls."""
    with time_machine.travel(timezone.now()) as traveller:
        yield traveller
