"""What the ERP tells, in our own words."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from storesync import values
from storesync.values import identifier, members, money, text

NO_NAME = "DUMMY"  # of the one variation of a product that has no variants


@dataclass(frozen=True)
class ErpLocation:
    """Where the ERP has stock and sells; `business_id` is whose it is, 0 where the ERP does not say."""

    id: int
    name: str
    business_id: int


@dataclass(frozen=True)
class ErpProduct:
    """A variation. `stock` is None where the ERP knows nothing, and of combined ones."""

    product_id: int
    variation_id: int
    sku: str
    name: str
    price: Decimal | None
    stock: Decimal | None
    is_combined: bool


@dataclass(frozen=True)
class ErpLine:
    """A line of a sale; `returned` is how many came back in all."""

    sell_line_id: int
    variation_id: int
    quantity: Decimal
    returned: Decimal


@dataclass(frozen=True)
class ErpSaleRecord:
    """A sale as the ERP has it."""

    id: int
    invoice_number: str
    total: Decimal | None
    lines: tuple[ErpLine, ...]


def products_in(row: dict[str, Any], location_id: int) -> list[ErpProduct]:
    """The variations of a product, with what is at the location."""
    kind, counted = text(row.get("type")), row.get("enable_stock") in (1, "1", True)
    found = []
    for group in members(row.get("product_variations")):
        for variation in members(group.get("variations")):
            name, product_id = text(variation.get("name")), number(row.get("id"))
            names = [text(row.get("name")), "" if name == NO_NAME else name]
            found.append(
                ErpProduct(
                    product_id=product_id,
                    variation_id=number(variation.get("id")),
                    sku=text(variation.get("sub_sku")),
                    name=" - ".join(each for each in names if each),
                    price=money(variation.get("sell_price_inc_tax")),
                    stock=stock_at(variation, location_id) if counted and kind != "combo" else None,
                    is_combined=kind == "combo",
                )
            )
    return found


def stock_at(variation: dict[str, Any], location_id: int) -> Decimal | None:
    for row in members(variation.get("variation_location_details")):
        if number(row.get("location_id")) == location_id:
            return money(row.get("qty_available"))
    return None


def sale_in(row: dict[str, Any]) -> ErpSaleRecord:
    """Raises Unreadable for one without an id, or with a line whose figures are none."""
    lines = [
        ErpLine(
            sell_line_id=required(number(line.get("id"))),
            variation_id=number(line.get("variation_id")),
            quantity=required(money(line.get("quantity"))),
            returned=money(line.get("quantity_returned")) or Decimal(0),
        )
        for line in members(row.get("sell_lines"))
    ]
    return ErpSaleRecord(
        id=required(number(row.get("id"))),
        invoice_number=text(row.get("invoice_no")),
        total=money(row.get("final_total")),
        lines=tuple(lines),
    )


def number(value: Any) -> int:
    """An id; 0 where there is none."""
    return int(identifier(value) or 0)


def required(value: Any) -> Any:
    if not value:
        raise values.Unreadable("The ERP's sale has no id, or a line without figures.")
    return value
