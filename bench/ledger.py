"""The ledger under load: orders, rentals, tickets, refunds and disputes at random, the proof after each hundred.

LEDGER_OPERATIONS is how many (1,000), LEDGER_SEED another life. The throwaway database stays empty.
"""

import os
import time

from django.db import connection, transaction

from bench.databases import throwaway
from giggatek.tests.money.ledger_life import EACH, Life
from payments.ledger.checking import differences
from payments.models import LedgerEntry
from payments.tests.mock_paystack import stand_in
from rentals.tests.fixtures import without_pdfs


def run() -> None:
    """Print how long it took; AssertionError as soon as the books do not hold."""
    operations = int(os.environ.get("LEDGER_OPERATIONS", "1000"))
    with throwaway("ledger"), without_pdfs(), stand_in() as paystack, transaction.atomic():
        start = time.monotonic()
        life = Life(int(os.environ.get("LEDGER_SEED", "20261121")), paystack)
        life.go_on(operations)
        report(life, operations, seconds=time.monotonic() - start)
        transaction.set_rollback(True)


def report(life: Life, operations: int, *, seconds: float) -> None:
    """A line for the whole, one for the last proof, and what happened how often."""
    refused = sum(life.refused.values())
    print(f"\nledger ({connection.vendor}, trial balance and proof after each {EACH})")
    print(f"  {operations} operations, {refused} of them refused: {seconds:.1f} s")
    start = time.monotonic()
    found = len(list(differences()))
    print(f"  {LedgerEntry.objects.count()} entries proven in {time.monotonic() - start:.2f} s, {found} differences")
    print("  " + ", ".join(f"{name} {number}" for name, number in sorted(life.done.items())))
