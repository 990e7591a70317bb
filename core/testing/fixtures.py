"""The people, the clients and the clock of the tests of every app."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from core.testing.client import ApiClient, client_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def user(db: None) -> User:
    """A customer."""
    return UserFactory.create(email="user@example.com")


@pytest.fixture
def staff(db: None) -> User:
    """A manager."""
    return ManagerFactory.create(email="staff@example.com")


@pytest.fixture
def admin(db: None) -> User:
    """An admin."""
    return AdminFactory.create(email="admin@example.com")


@pytest.fixture
def api() -> ApiClient:
    """An anonymous client of the API; `api.login_as(user)` signs it in."""
    return ApiClient()


@pytest.fixture
def api_as() -> Callable[[User], ApiClient]:
    """A client of the API for each user: `api_as(user).get("orders")`."""
    return client_of


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Iterator[time_machine.Traveller]:
    """A clock that stands still until a test moves it; `@pytest.mark.clock(moment)` says where it starts."""
    marker = request.node.get_closest_marker("clock")
    with time_machine.travel(marker.args[0] if marker else NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def marked_clock(request: pytest.FixtureRequest) -> None:
    """A test that is marked `clock` has it from its start, before the fixtures of its module."""
    if request.node.get_closest_marker("clock"):
        request.getfixturevalue("clock")
