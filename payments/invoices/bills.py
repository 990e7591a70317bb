"""What an invoice is made of: for whom, for what, and with which lines."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings

from core.money import ZERO


@dataclass(frozen=True)
class Line:
    """Some pieces of something at a price each; `tax` is on all of them together."""

    text: str
    price: Decimal
    quantity: int = 1
    detail: str = ""
    tax: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        """What they cost, without the tax."""
        return self.price * self.quantity

    def as_json(self) -> dict[str, Any]:
        """The line as it is frozen."""
        return {
            "text": self.text,
            "detail": self.detail,
            "quantity": self.quantity,
            "price": str(self.price),
            "tax": str(self.tax),
            "amount": str(self.amount),
        }


@dataclass(frozen=True)
class Parts:
    """What an amount is made of: the lines with their tax, and the shipping."""

    lines: Sequence[Line]
    shipping: Decimal = ZERO

    @property
    def tax(self) -> Decimal:
        """The tax on all lines."""
        return sum((line.tax for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum((line.amount for line in self.lines), self.shipping) + self.tax

    def as_json(self) -> dict[str, Any]:
        """The parts and their sums as they are frozen."""
        return {
            "lines": [line.as_json() for line in self.lines],
            "subtotal": str(sum((line.amount for line in self.lines), ZERO)),
            "shipping": str(self.shipping),
            "tax": str(self.tax),
            "total": str(self.total),
        }


@dataclass(frozen=True)
class Seller:
    """In whose name an invoice is written; the address stands on one line, with commas."""

    name: str
    address: str

    def as_json(self) -> dict[str, Any]:
        """The seller as it is frozen."""
        return asdict(self)


def the_shop() -> Seller:
    """The shop itself, by its settings."""
    return Seller(name=settings.SHOP_NAME, address=settings.SHOP_ADDRESS)


@dataclass(frozen=True)
class Bill:
    """What an invoice is about: the thing (`Payable.holder`, and in words), who buys it, who sells it, its parts."""

    subject: str
    title: str
    buyer: str
    address: Sequence[str]
    parts: Parts
    seller: Seller = field(default_factory=the_shop)
