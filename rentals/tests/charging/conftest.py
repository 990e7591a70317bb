"""What the charging tests begin with: 31 January, and a rental whose first payment is due."""

from datetime import UTC, datetime

import pytest
import time_machine

from rentals.tests.factories import make_rental
from rentals.tests.nights import turn_on

START = datetime(2026, 1, 31, 9, tzinfo=UTC)


@pytest.fixture
def clock():
    """31 January, until a test moves it."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rental():
    """Signed, with autopay; beside it one whose customer pays by hand."""
    make_rental(signed=True)
    made = make_rental(signed=True)
    turn_on(made)
    return made
