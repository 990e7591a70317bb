"""A neutral order as JSON, for the row that keeps it, and back again without a loss."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from storesync.sales.reading.neutral import Line, Order, Problem

AMOUNTS = ("discount", "shipping", "extra", "tax", "total", "refunded")
MOMENTS = ("version", "created", "paid_at")


def content_of(order: Order) -> dict[str, Any]:
    """Amounts as text, moments in ISO form with their offset."""
    content = asdict(order)
    return {
        **content,
        **{name: str(content[name]) for name in AMOUNTS},
        **{name: content[name] and content[name].isoformat() for name in MOMENTS},
        "lines": [{**line, "amount": str(line["amount"]), "tax": str(line["tax"])} for line in content["lines"]],
        "problems": list(content["problems"]),
    }


def order_of(content: dict[str, Any]) -> Order:
    """The order that `content_of` wrote."""
    lines = (
        Line(**{**line, "amount": Decimal(line["amount"]), "tax": Decimal(line["tax"])}) for line in content["lines"]
    )
    return Order(
        **{
            **content,
            **{name: Decimal(content[name]) for name in AMOUNTS},
            **{name: content[name] and datetime.fromisoformat(content[name]) for name in MOMENTS},
            "lines": tuple(lines),
            "problems": tuple(Problem(**problem) for problem in content["problems"]),
        }
    )
