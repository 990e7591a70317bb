"""The neutral order, and how what is wrong with it is collected while it is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any

from core.money import CENT, MAX_AMOUNT, ZERO
from storesync import values

MAX_LINES = 1000
MAX_NUMBER = 100  # letters in what people call an order
ERP_PLACES = Decimal("0.0001")  # Prokip keeps amounts to four places


@dataclass(frozen=True)
class Problem:
    """A reason not to book an order: `code` is for machines and stable, `message` for people."""

    code: str
    message: str


@dataclass(frozen=True)
class Line:
    """Pieces of one item in an order. Ids are digits as text, "" where there is none."""

    id: str
    item_id: str
    variant_id: str
    sku: str  # to the letter
    name: str
    quantity: int  # as ordered
    amount: Decimal  # what is paid for all of them: after discounts, with tax
    tax: Decimal  # the part of `amount` that is tax
    refunded: int = 0
    restocked: int = 0  # of the refunded ones, those that came back into stock

    @property
    def unit_price(self) -> Decimal:
        """`amount` for one piece, rounded up to the places of the ERP."""
        return (self.amount / self.quantity).quantize(ERP_PLACES, rounding=ROUND_UP) if self.quantity else ZERO


@dataclass(frozen=True)
class Order:
    """What any store's order says. Amounts are in the shop's currency and contain their tax, however it was typed.

    The amounts of the lines + `shipping` + `extra` - `discount` are `total`, but for cents of rounding; where they
    are not, `problems` says so.
    """

    platform: str
    id: str
    number: str  # what people call it; not unique, may have letters
    version: datetime | None  # when the store changed it last, if that can be read
    created: datetime | None  # with the offset of the shop's own time
    paid: bool
    cancelled: bool
    test: bool
    currency: str
    lines: tuple[Line, ...]
    discount: Decimal  # what is taken off the whole order and not part of a line
    shipping: Decimal  # after its discounts
    extra: Decimal  # tips, duties, fees: paid, and part of no line
    tax: Decimal  # all tax, as the store says; it is in the amounts already
    total: Decimal
    refunded: Decimal  # money given back so far
    refunds_unread: bool  # there are refunds whose lines have to be asked for
    problems: tuple[Problem, ...]
    paid_at: datetime | None = None  # where the store says so
    holds_pieces: bool = True  # whether the store took them out of its stock


@dataclass
class Refunded:
    """What refunds say of a line so far."""

    quantity: int = 0
    restocked: int = 0

    def add(self, quantity: int, *, restocked: bool) -> None:
        self.quantity += quantity
        self.restocked += quantity if restocked else 0


@dataclass
class Reading:
    """An order that is being read. Its readers give a harmless value for what is wrong, and note the problem."""

    problems: list[Problem] = field(default_factory=list)

    def note(self, code: str, message: str) -> None:
        self.problems.append(Problem(code, message))

    def amount(self, value: Any, what: str) -> Decimal:
        """A required amount."""
        amount = values.money(value)
        if amount is None:
            self.note("amount", f"{what} has an amount that cannot be read.")
        return ZERO if amount is None else amount

    def amount_if_any(self, value: Any, what: str) -> Decimal:
        """An amount that may be missing, null or empty."""
        return ZERO if value in (None, "") else self.amount(value, what)

    def sum_of(self, rows: Any, key: str, what: str) -> Decimal:
        """The sum of a key in a list of objects, which may be missing."""
        return sum((self.amount(row.get(key), what) for row in values.members(rows)), ZERO)

    def paid_amount(self, amount: Decimal, what: str) -> Decimal:
        """A sum that was counted out; the books take none below zero."""
        if 0 <= amount <= MAX_AMOUNT:
            return amount
        self.note("amount", f"{what} has an amount below zero or above all bounds.")
        return ZERO

    def quantity(self, value: Any, what: str) -> int:
        quantity = values.whole(value)
        if quantity is not None and quantity > 0:
            return quantity
        self.note("quantity", f"{what} has no quantity from 1 to 1,000,000,000 whole pieces.")
        return 0

    def sku(self, value: Any, what: str) -> str:
        """To the letter: nothing is stripped, folded or mended."""
        if value is None or (isinstance(value, str) and not value.strip()):
            self.note("sku_missing", f"{what} has no SKU.")
            return ""
        if isinstance(value, str) and value == values.text(value) and "\0" not in value:
            return value
        self.note("sku_unreadable", f"{what} has an SKU that cannot be read.")
        return ""

    def currency(self, value: Any) -> str:
        code = values.text(value)
        if len(code) == 3 and code.isascii() and code.isupper():
            return code
        self.note("currency", "The order names no currency.")
        return ""

    def lines(self, value: Any) -> list[dict[str, Any]]:
        """The order's lines, if they are few enough and all of them are objects."""
        lines = values.members(value)
        if not lines or len(lines) != len(value) or len(lines) > MAX_LINES:
            self.note("lines", f"The order has no lines, more than {MAX_LINES}, or some that cannot be read.")
            return []
        return lines

    def ids_differ(self, lines: Sequence[Line]) -> None:
        """Refunds and the ERP's lines are found by the ids of lines."""
        if len({line.id for line in lines}) != len(lines) or not all(line.id for line in lines):
            self.note("lines", "The order has lines without an id of their own.")

    def created(self, created: datetime | None) -> datetime | None:
        if created is None:
            self.note("created", "When the order was made cannot be read.")
        return created

    def no_refund_left(self, refunds: dict[str, Refunded]) -> None:
        """Say what `refunds` of lines the order does not have."""
        if refunds:
            self.note("refunds", "A refund is about a line that the order does not have.")

    def adds_up(self, amounts: Iterable[Decimal], total: Decimal, *, lines: int, unit: Decimal = CENT) -> None:
        """Stores round line by line and tax by tax: a `unit` for each line and for the shipping is no difference."""
        counted = sum(amounts, ZERO)
        if abs(counted - total) > unit * (lines + 1):
            self.note("sum", f"The parts of the order come to {counted:f}, its total is {total:f}.")
