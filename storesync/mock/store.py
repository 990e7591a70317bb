"""What the three stand-ins have in common: a catalogue with stock, a clock, faults, and the control under /mock."""

import threading
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from storesync.mock.catalogue import ITEMS, Item, generated
from storesync.mock.faults import OF_CALLS, Fault, Faults
from storesync.mock.server import Answer, Asked, Refused, Route, Row, found


class Store(ABC):
    """State in memory, one request after the other. It is empty until begin() fills it."""

    name: str
    first_id: int

    def __init__(self) -> None:
        self.base, self.lock, self.faults = "", threading.RLock(), Faults()
        self.control: list[Route] = [
            ("GET", "/mock/state", lambda asked: Answer(self.state())),
            ("POST", "/mock/orders", lambda asked: Answer(self.sell(self.lines_in(asked.json()), asked.json()))),
            ("POST", r"/mock/orders/(\d+)/(pay|cancel|refund|delete)", self.change),
            ("POST", "/mock/stock", self.set_stock),
            ("POST", "/mock/faults", self.set_faults),
            ("POST", "/mock/reset", self.reset),
        ]

    # What each of the three says for itself.

    @abstractmethod
    def routes(self) -> list[Route]:
        """The API."""

    @abstractmethod
    def allow(self, asked: Asked) -> None:
        """Raises Refused for a call without the right credentials."""

    @abstractmethod
    def refusal(self, status: int) -> Answer:
        """401, 404, 429 or 500 as this API writes it."""

    @abstractmethod
    def fill(self, items: list[Item]) -> None:
        """Begin with these, and know nothing else."""

    @abstractmethod
    def state(self) -> Row:
        """What the tests look at."""

    @abstractmethod
    def sell(self, lines: list[Row], order: Row) -> Row:
        """Somebody buys these {sku, quantity, price?}. Raises Refused."""

    @abstractmethod
    def stock_is(self, sku: str, quantity: int) -> None:
        """Somebody counted, and wrote it down by hand. Raises Refused."""

    # Time and numbers.

    def now(self) -> datetime:
        """UTC by this store's clock, to the second."""
        return (datetime.now(UTC) + timedelta(seconds=self.faults.clock_is_off_by)).replace(microsecond=0)

    def number(self, room: int = 1) -> int:
        """An id that nothing has yet, the first of so many."""
        self.next_id += room
        return self.next_id - room

    # Answers.

    def answer(self, asked: Asked) -> Answer:
        with self.lock:
            try:
                view = found(self.control, asked)
                if view is None:
                    self.calls.append(f"{asked.method} {asked.path}")
                    self.allow(asked)
                    view = found(self.routes(), asked)
                return view() if view else self.refusal(404)
            except Refused as refused:
                return refused.answer

    def fault(self, asked: Asked) -> Fault | None:
        """What the call meets; the control always has a good day."""
        if asked.path.startswith("/mock/"):
            return None
        with self.lock:
            return self.faults.take(OF_CALLS, f"{asked.method} {asked.path}")

    # The control.

    def begin(self, items: list[Item]) -> None:
        """Know only what the shop begins with."""
        self.calls, self.next_id = list[str](), self.first_id
        self.fill(items)

    def reset(self, asked: Asked) -> Answer:
        """`items` is a number of generated ones instead of the catalogue."""
        count = asked.json().get("items")
        self.faults.clear()
        self.begin(generated(count) if isinstance(count, int) else ITEMS)
        return Answer({})

    def set_faults(self, asked: Asked) -> Answer:
        try:
            self.faults.set(asked.json().get("faults"))
        except ValueError as error:
            raise Refused(400, {"message": str(error)}) from error
        return Answer({})

    def set_stock(self, asked: Asked) -> Answer:
        body = asked.json()
        quantity = body.get("quantity")
        if not isinstance(quantity, int):
            raise Refused(400, {"message": "quantity is a whole number"})
        self.stock_is(str(body.get("sku")), quantity)
        return Answer({})

    def lines_in(self, body: Row) -> list[Row]:
        """What is bought. Raises Refused."""
        lines = body.get("lines")
        if not isinstance(lines, list) or not lines or not all(isinstance(line, dict) for line in lines):
            raise Refused(400, {"message": "lines is a list of {sku, quantity, price?}"})
        lines = [{"quantity": 1, **line} for line in lines]
        if not all(isinstance(line.get("sku"), str) and isinstance(line["quantity"], int) for line in lines):
            raise Refused(400, {"message": "sku is a text and quantity a whole number"})
        return lines

    def change(self, asked: Asked, order: str, what: str) -> Answer:
        """Pay, cancel, refund or delete."""
        act = getattr(self, what, None)
        if act is None:
            raise Refused(404, {"message": f"{self.name} knows no {what}"})
        return Answer(act(int(order), asked.json()))


def money(value: Any) -> Decimal:
    """An amount. Raises Refused."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise Refused(400, {"message": f"{value!r} is no amount"})
    return amount
