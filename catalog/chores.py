"""What repeats about stock."""

from collections.abc import Iterator
from datetime import time, timedelta
from itertools import islice

from catalog import stock
from core.clock.registry import ChoreFailed, chore


@chore(
    at=time(0, 50),
    deadline=timedelta(hours=1),
    does="proves that the movements of every product lead to its count; leaves with 1 and prints the first "
    "difference (`--all` prints all)",
)
def check_stock(*, all: bool = True) -> Iterator[str]:
    found = 0
    for difference in islice(stock.differences(), None if all else 1):
        found += 1
        yield difference
    if found:
        raise ChoreFailed("The counts of stock are not explained.")
    yield "Every count is explained by its movements."
