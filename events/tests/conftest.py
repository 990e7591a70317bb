"""Fixtures of the box office's tests."""

import pytest

from events.tests.clients import EventsClient


@pytest.fixture
def box():
    """An anonymous client of the box office."""
    return EventsClient()
