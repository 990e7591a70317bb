"""What the charging tests begin with: 31 January, and a rental whose first payment is due."""

import pytest

from rentals.tests.factories import make_rental
from rentals.tests.shop import turn_on


@pytest.fixture
def rental():
    """Signed, with autopay; beside it one whose customer pays by hand."""
    make_rental(signed=True)
    made = make_rental(signed=True)
    turn_on(made)
    return made
