"""Which products a shopper wants to see, and in which order."""

from dataclasses import dataclass
from decimal import Decimal

SORTS = {
    "featured": ("-is_featured", "-id"),
    "newest": ("-id",),
    "price-low": ("price", "id"),
    "price-high": ("-price", "-id"),
    "name": ("name", "id"),
}


@dataclass(frozen=True)
class Filters:
    """The filters in force. An empty set or None is a filter that is not."""

    category: frozenset[str] = frozenset()
    brand: frozenset[str] = frozenset()
    condition: frozenset[str] = frozenset()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    rentable: bool | None = None
    in_stock: bool | None = None
    search: str = ""
