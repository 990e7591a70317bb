"""How many pieces of an item a store should list. Pure."""

import math
from decimal import Decimal
from typing import NamedTuple

from storesync.values import MAX_QUANTITY, money


class Wanted(NamedTuple):
    """`quantity` is None where nothing is known, and then nothing is written. `rule` is what decided, for people."""

    quantity: int | None
    rule: str


def wanted(
    stock: str | int | Decimal | None, *, buffer: int = 0, most_listed: int | None = None, reserved: int = 0
) -> Wanted:
    """What a store should list of what the ERP has.

    `reserved` pieces are sold and not yet booked in the ERP; the last `buffer` pieces are held back, and no more
    than `most_listed` are shown. Of the rules that changed the figure, `rule` names the last.
    """
    listed, rule = pieces(stock), "erp"
    if listed is None:
        return Wanted(None, rule)
    steps = {
        "reserved": lambda pieces: pieces - reserved,
        "buffer": lambda pieces: pieces - buffer,
        "most listed": lambda pieces: pieces if most_listed is None else min(pieces, most_listed),
        "floor": lambda pieces: max(pieces, 0),
    }
    for name, step in steps.items():
        if (after := step(listed)) != listed:
            listed, rule = after, name
    return Wanted(listed, rule)


def pieces(stock: str | int | Decimal | None) -> int | None:
    """The whole pieces of a stock, which may be below zero; None where it is no figure to go by."""
    known = money(stock)
    return None if known is None or abs(known) > MAX_QUANTITY else math.floor(known)
