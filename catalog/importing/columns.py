"""The columns of the file and what may stand in each. The limits are the model's own."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.importing.reading import is_text
from catalog.importing.specifications import parse_specifications
from catalog.importing.values import (
    BadValue,
    choice_parser,
    line_parser,
    money_parser,
    parse_boolean,
    parse_count,
    required_text,
)
from catalog.models import Brand, Category, Condition, Product

PICTURE = re.compile(r"(/|https?://)\S+")


@dataclass(frozen=True, slots=True)
class Row:
    """A good row. `category` and `brand` are names; brand may be empty, and there may be no monthly rate."""

    line: int
    sku: str
    name: str
    description: str
    category: str
    brand: str
    condition: str
    price: Decimal
    rental_price: Decimal | None
    inventory_count: int
    is_rentable: bool
    image_url: str
    specifications: dict[str, Any]


def column_of(name: str) -> Any:
    """The product's field of this name."""
    return Product._meta.get_field(name)


def mandatory(parse: Callable[[str], str]) -> Callable[[str], str]:
    """`parse` for a cell that may not be empty."""
    return lambda text: parse(required_text(text))


def description(text: str) -> str:
    """Any text, with line breaks, exactly as it stands."""
    limit = column_of("description").max_length
    if len(text) > limit:
        raise BadValue(f"is longer than {limit} characters")
    return text


def parse_optional_rate(text: str) -> Decimal | None:
    """A monthly rate or none."""
    return parse_rate(text) if text.strip() else None


def parse_picture(text: str) -> str:
    """Nothing, a path or a web address."""
    text = parse_address(text)
    if text and not PICTURE.fullmatch(text):
        raise BadValue("must be a path that begins with / or an http(s) address")
    return text


parse_rate = money_parser(column_of("rental_price"))
parse_address = line_parser(column_of("image_url"))

PARSERS: dict[str, Callable[[str], Any]] = {
    "sku": mandatory(line_parser(column_of("sku"))),
    "name": mandatory(line_parser(column_of("name"))),
    "description": description,
    "category": mandatory(line_parser(Category._meta.get_field("name"))),
    "brand": line_parser(Brand._meta.get_field("name")),
    "condition": choice_parser(Condition.values),
    "price": money_parser(column_of("price")),
    "rental_price": parse_optional_rate,
    "inventory_count": parse_count,
    "is_rentable": parse_boolean,
    "image_url": parse_picture,
    "specifications": parse_specifications,
}
COLUMNS = tuple(PARSERS)


def parse_row(line: int, names: list[str], cells: list[str]) -> Row:
    """The row of these cells. Raises BadValue, which lists all that is wrong with it."""
    if len(cells) != len(names):
        raise BadValue(f"has {len(cells)} columns instead of {len(names)}")
    values: dict[str, Any] = {}
    problems = []
    for name, text in zip(names, cells, strict=True):
        try:
            values[name] = parse_cell(name, text)
        except BadValue as problem:
            problems.append(f"{name}: {problem}")
    if values.get("is_rentable") and "rental_price" in values and values["rental_price"] is None:
        problems.append("rental_price: is missing, and the product is for rent")
    if problems:
        raise BadValue("; ".join(problems))
    return Row(line=line, **values)


def parse_cell(name: str, text: str) -> Any:
    """The value of one cell. Raises BadValue."""
    if not text.isascii() and not is_text(text):
        raise BadValue("is not valid UTF-8")
    if "\0" in text:
        raise BadValue("has a NUL byte")
    return PARSERS[name](text)
