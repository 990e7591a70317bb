"""What every shop can do for us, in our own words."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from storesync.connectors.budget import Meter, Rate
from storesync.models import Connection
from storesync.sales.reading import Order

W = TypeVar("W")


@dataclass(frozen=True)
class Location:
    """Where a shop has stock."""

    id: str
    name: str


@dataclass(frozen=True)
class Shop:
    """What a shop says of itself; `locations` is empty where it has one stock.

    `home` is its own address where it can be reached at others, too.
    """

    name: str
    currency: str
    locations: tuple[Location, ...] = ()
    home: str = ""


@dataclass(frozen=True)
class Hook:
    """A webhook that was made at the shop, whoever made it."""

    id: str
    topic: str
    address: str
    is_active: bool


@dataclass(frozen=True)
class ItemRef:
    """What a shop calls a thing that it sells: digits, "" where there is none."""

    item_id: str
    variant_id: str = ""
    inventory_id: str = ""  # what Shopify calls its stock

    @property
    def key(self) -> str:
        """One text for item and variant, the same wherever it was read."""
        return f"{self.item_id}/{self.variant_id}"


@dataclass(frozen=True)
class Item:
    """A thing that a shop sells; `price` is None where it has none, `is_tracked` whether its stock is counted."""

    ref: ItemRef
    sku: str
    name: str
    price: Decimal | None
    is_tracked: bool


@dataclass(frozen=True)
class NewItem:
    """A thing that a shop is to sell."""

    sku: str
    name: str
    price: Decimal
    quantity: int


@dataclass(frozen=True)
class Level:
    """How many pieces a shop has now, at a location ("" where it has one stock); None where it does not count."""

    ref: ItemRef
    location: str
    quantity: int | None


@dataclass(frozen=True)
class StockWrite:
    """A level that is to change from what it `was` when it was read."""

    ref: ItemRef
    location: str
    was: int
    quantity: int


@dataclass(frozen=True)
class PriceWrite:
    """A price that is to change."""

    ref: ItemRef
    price: Decimal


@dataclass(frozen=True)
class Outcome(Generic[W]):
    """What became of a batch: `stale` ones were not what they were said to be, and are to be read and decided anew;
    `refused` ones have the shop's reason.
    """

    done: tuple[W, ...] = ()
    stale: tuple[W, ...] = ()
    refused: tuple[tuple[W, str], ...] = ()


@dataclass(frozen=True)
class OrderPage:
    """Orders that changed. Once they are stored, the cursor may move to `up_to`, if there is one.

    `unreadable` are the ids of others, and why they cannot be read.
    """

    orders: tuple[Order, ...]
    up_to: datetime | None
    unreadable: tuple[tuple[str, str], ...] = ()


class Connector(ABC):
    """One shop. Every method calls it, and raises a `storesync.wire.CallFailed`; iterators do so at each step.

    `meter` knows how many calls were made. Nothing is written to the database but what the calls themselves need:
    the bucket, and a token that was renewed.
    """

    # What is told by its webhooks, as their headers name it.
    topics: ClassVar[tuple[str, ...]]
    rate: ClassVar[Rate]

    def __init__(self, connection: Connection, *, patience: float = 60, ends_at: float | None = None) -> None:
        self.connection = connection
        self.meter = Meter(connection, self.rate, patience, ends_at)

    @abstractmethod
    def check(self) -> Shop:
        """Whether it answers to the credentials."""

    @abstractmethod
    def hooks(self) -> list[Hook]:
        """All its webhooks that these credentials may see."""

    @abstractmethod
    def add_hook(self, topic: str, address: str, *, secret: str = "") -> Hook:
        """Have it tell `address`. `secret` signs where the platform has no secret of the app."""

    @abstractmethod
    def remove_hook(self, hook_id: str) -> None:
        """Have it tell no more; fine where there is no such webhook."""

    @abstractmethod
    def orders_since(self, moment: datetime) -> Iterator[OrderPage]:
        """The orders that changed after it, whole, with what was refunded of them."""

    @abstractmethod
    def refunds_of(self, order_id: str) -> Sequence[Any]:
        """An order's refunds in the platform's own form, as its reader takes them."""

    @abstractmethod
    def products(self) -> Iterator[Item]:
        """All that it sells."""

    @abstractmethod
    def stock(self, refs: Sequence[ItemRef]) -> Iterator[Level]:
        """What it has of these now; nothing of those that it does not know."""

    @abstractmethod
    def write_stock(self, writes: Sequence[StockWrite]) -> Iterator[Outcome[StockWrite]]:
        """Write the levels where they still are what they were, batch by batch."""

    @abstractmethod
    def write_prices(self, writes: Sequence[PriceWrite]) -> Iterator[Outcome[PriceWrite]]:
        """Write the prices, batch by batch."""

    @abstractmethod
    def create(self, items: Sequence[NewItem]) -> Iterator[Outcome[NewItem]]:
        """Have it sell these, too, batch by batch. After an error some may be there all the same."""


def batches(rows: Sequence[W], size: int) -> Iterator[Sequence[W]]:
    """Slices of at most `size`."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
