"""Whatever happens, the ledger balances: things at random, and the proof after each hundred.

LEDGER_OPERATIONS is how many, LEDGER_SEED another life; `python -m bench ledger` runs ten thousand and times them.
"""

import os

import pytest

from giggatek.tests.money.ledger_life import EACH, Life
from payments.tests.mock_paystack import paystack

__all__ = ["paystack"]

pytestmark = pytest.mark.django_db

OPERATIONS_TO_RUN = int(os.environ.get("LEDGER_OPERATIONS", "300"))
SEED = int(os.environ.get("LEDGER_SEED", "20261121"))


def test_the_books_hold_after_every_hundred_things_that_happen(paystack):
    life = Life(SEED, paystack)
    life.go_on(OPERATIONS_TO_RUN)
    assert sum(life.done.values()) > OPERATIONS_TO_RUN / 2
    assert OPERATIONS_TO_RUN < EACH or len(life.done) > 10
