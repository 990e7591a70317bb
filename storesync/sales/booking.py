"""From a neutral order to what Prokip is told: the sale, and the return of what came back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from core.money import ZERO
from storesync.sales.reading import Order, Problem
from storesync.values import money

PREFIXES = {"shopify": "SHOPIFY", "woocommerce": "WOO", "giggatek": "GIGGATEK"}
# SKU, to the letter → Prokip's (product_id, variation_id)
Products = Mapping[str, tuple[int, int]]


class CannotBook(Exception):
    """An order that Prokip must not be told of, with all reasons."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(" ".join(problem.message for problem in problems))


@dataclass(frozen=True)
class Books:
    """Where in Prokip a sale is booked."""

    location_id: int
    contact_id: int
    currency: str  # "" where it is not known, and then no order is held back for its own


class ReturnedLine(NamedTuple):
    """A line of a sale in Prokip, of which `quantity` pieces came back since it was sold."""

    sell_line_id: int
    quantity: int
    unit_price: Decimal


def invoice_number(platform: str, order_id: str, connection_id: int | None = None) -> str:
    """The number that makes a sale one; with `connection_id` where the user has two connections of the platform."""
    number = f"{PREFIXES[platform]}-{order_id}"
    return number if connection_id is None else f"{number}-{connection_id}"


def obstacles(order: Order, products: Products, books: Books) -> tuple[Problem, ...]:
    """All reasons not to book an order: one line that is wrong holds it back whole."""
    unknown = [line.sku for line in order.lines if line.sku and line.sku not in products]
    problems = [
        Problem("sku_unknown", f"Prokip has no product with the SKU {sku}.") for sku in dict.fromkeys(unknown)
    ]
    if order.currency and books.currency not in ("", order.currency):
        problems.append(
            Problem("currency", f"The order is in {order.currency}, Prokip's books are in {books.currency}.")
        )
    return (*order.problems, *problems)


def sale_of(order: Order, *, products: Products, books: Books, invoice_no: str) -> dict[str, Any]:
    """The sale for POST sell. Prokip adds it up to exactly the order's total. `CannotBook` where it has obstacles."""
    if (problems := obstacles(order, products, books)) or not order.created:
        raise CannotBook(problems)
    sold = [_sold(line.unit_price, line.quantity, products[line.sku]) for line in order.lines]
    sale = {
        "location_id": books.location_id,
        "contact_id": books.contact_id,
        "transaction_date": shop_time(order, order.created),
        "invoice_no": invoice_no,
        "status": "final",
        "source": order.platform,
        "discount_amount": order.discount,
        "discount_type": "fixed",
        "shipping_charges": order.shipping + order.extra,  # Prokip has no place for tips, duties and fees
        "products": sold,
        "payments": [{"method": "cash", "amount": order.total}],
    }
    return _to_the_cent(sale, order.total)


def _sold(unit_price: Decimal, quantity: int, product: tuple[int, int]) -> dict[str, Any]:
    product_id, variation_id = product
    return {
        "product_id": product_id,
        "variation_id": variation_id,
        "quantity": quantity,
        "unit_price": unit_price,
    }


def _to_the_cent(sale: dict[str, Any], total: Decimal) -> dict[str, Any]:
    """`sale`, with what was rounded in prices and by the store put right: 100.00 is no three equal prices."""
    over = total_of(sale) - total
    key = "discount_amount" if over > 0 else "shipping_charges"
    return {**sale, key: sale[key] + abs(over)}


def total_of(sale: Mapping[str, Any]) -> Decimal:
    """The total that Prokip makes of a sale."""
    goods = sum((row["quantity"] * row["unit_price"] for row in sale["products"]), ZERO)
    return goods - sale["discount_amount"] + sale["shipping_charges"]


def difference(sale: Mapping[str, Any], answer: Mapping[str, Any]) -> Decimal | None:
    """How much more the sale in Prokip's answer comes to than ours; None where it does not say."""
    final = money(answer.get("final_total"))
    return None if final is None else final - total_of(sale)


def returned_so_far(order: Order) -> dict[str, int]:
    """By line id, how many pieces are back in stock, since the sale and not since the last return.

    A cancelled order is all back. What was refunded and not restocked is money alone, like a refund without lines:
    a return in Prokip puts the pieces into its stock, and there they would be sold again.
    """
    return {line.id: line.quantity if order.cancelled else line.restocked for line in order.lines}


def return_of(order: Order, *, sale_id: int, at: datetime, lines: Iterable[ReturnedLine]) -> dict[str, Any]:
    """The body for POST sell-return: by sale line the sum so far, since Prokip sets `quantity_returned`."""
    returned = [
        {"sell_line_id": line.sell_line_id, "quantity": line.quantity, "unit_price_inc_tax": line.unit_price}
        for line in lines
        if line.quantity
    ]
    return {
        "transaction_id": sale_id,
        "transaction_date": shop_time(order, at),
        "products": returned,
        "discount_amount": 0,
        "discount_type": "fixed",
    }


def shop_time(order: Order, moment: datetime) -> str:
    """A moment as Prokip writes it, in the time of the order's shop."""
    zone = order.created.tzinfo if order.created else moment.tzinfo
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
