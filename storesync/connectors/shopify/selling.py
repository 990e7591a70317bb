"""What a Shopify shop sells, how many it has, and for how much."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from storesync import wire
from storesync.connectors.base import Item, ItemRef, Level, NewItem, Outcome, PriceWrite, StockWrite, batches
from storesync.connectors.shopify.graphql import MOST_POINTS, OF_A_MUTATION, PAGE, Api, Row, gid, number_of, within
from storesync.values import members, money, text, whole

MANY = 500  # items; more are read by a bulk query
MOST_INPUTS = 250  # of one call, https://shopify.dev/docs/api/usage/limits
STALE = "CHANGE_FROM_QUANTITY_STALE"
VARIANT = """
id sku title price requiresComponents product { id title } inventoryItem { id tracked }
"""
VARIANTS = f"""
query($after: String) {{
  productVariants(first: {PAGE}, after: $after) {{ nodes {{ {VARIANT} }} pageInfo {{ hasNextPage endCursor }} }}
}}
"""
BULK_VARIANTS = f"{{ productVariants {{ edges {{ node {{ {VARIANT} }} }} }} }}"
OF_VARIANTS = 2 + 3 * PAGE
# %s: the levels at each location that gets stock, as `l0`, `l1`, …
STOCK = "query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on InventoryItem {{ id tracked {} }} }} }}"
BULK_STOCK = "{{ inventoryItems {{ edges {{ node {{ id tracked {} }} }} }} }}"
LEVEL = 'l{}: inventoryLevel(locationId: {}) {{ quantities(names: ["available"]) {{ quantity }} }}'
SET = """
mutation($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { userErrors { code field message } }
}
"""
PRICES = """
mutation($product: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $product, variants: $variants, allowPartialUpdates: true) {
    userErrors { code field message }
  }
}
"""
CREATE = """
mutation($input: ProductSetInput!) {
  productSet(input: $input, synchronous: true) { product { id } userErrors { code field message } }
}
"""


def products(api: Api) -> Iterator[Item]:
    first: list[Row] = []
    for _, nodes in api.pages(VARIANTS, {}, "productVariants", cost=OF_VARIANTS):
        if len(first) + len(nodes) > MANY:
            yield from map(item_of, api.bulk(BULK_VARIANTS))
            return
        first += nodes
    yield from map(item_of, first)


def item_of(node: Row) -> Item:
    """A variant. Shopify counts bundles by their parts, so theirs is no stock to write."""
    product, inventory = within(node, "product"), within(node, "inventoryItem")
    title = text(node.get("title"))
    names = [text(product.get("title")), "" if title == "Default Title" else title]
    return Item(
        ref=ItemRef(number_of(product), number_of(node), number_of(inventory)),
        sku=text(node.get("sku")),
        name=" - ".join(name for name in names if name),
        price=money(node.get("price")),
        is_tracked=inventory.get("tracked") is True and node.get("requiresComponents") is not True,
    )


def stock(api: Api, refs: Sequence[ItemRef], locations: Sequence[str]) -> Iterator[Level]:
    wanted = {ref.inventory_id: ref for ref in refs}
    for node in inventory(api, list(wanted), locations):
        if ref := wanted.get(number_of(node)):
            for index, location in enumerate(locations):
                yield Level(ref, location, quantity_of(node, index))


def inventory(api: Api, ids: Sequence[str], locations: Sequence[str]) -> Iterator[Row]:
    levels = " ".join(
        LEVEL.format(index, json.dumps(gid("Location", location))) for index, location in enumerate(locations)
    )
    if len(ids) > MANY:
        yield from api.bulk(BULK_STOCK.format(levels))
        return
    cost = 1 + 2 * len(locations)  # of an item: itself, and its level with a quantity at each location
    for batch in batches(ids, max(min(PAGE, MOST_POINTS // cost), 1)):
        asked = {"ids": [gid("InventoryItem", each) for each in batch]}
        yield from members(api.ask(STOCK.format(levels), asked, cost=cost * len(batch)).get("nodes"))


def quantity_of(node: Row, index: int) -> int | None:
    """None where it is not counted, or not sold from there."""
    quantities = members(within(node, f"l{index}").get("quantities"))
    return whole(quantities[0].get("quantity")) if node.get("tracked") is True and quantities else None


def write_stock(api: Api, writes: Sequence[StockWrite]) -> Iterator[Outcome[StockWrite]]:
    for batch in batches(writes, MOST_INPUTS):
        yield written(api, list(batch))


def written(api: Api, left: list[StockWrite]) -> Outcome[StockWrite]:
    """Shopify writes all of a call or nothing of it: what it names is taken out, and the rest is sent again."""
    stale: list[StockWrite] = []
    refused: list[tuple[StockWrite, str]] = []
    while left:
        errors = set_quantities(api, left)
        named = {index: error for error in errors if (index := index_in(error)) is not None and index < len(left)}
        if errors and not named:
            raise wire.Rejected(" ".join(text(error.get("message")) for error in errors))
        for index, error in named.items():
            if error.get("code") == STALE:
                stale.append(left[index])
            else:
                refused.append((left[index], text(error.get("message"))))
        if not named:
            break
        left = [write for index, write in enumerate(left) if index not in named]
    return Outcome(tuple(left), tuple(stale), tuple(refused))


def set_quantities(api: Api, writes: Sequence[StockWrite]) -> list[Row]:
    """The userErrors. A lost answer is asked for again under the same key, which writes nothing twice."""
    quantities = [
        {
            "inventoryItemId": gid("InventoryItem", write.ref.inventory_id),
            "locationId": gid("Location", write.location),
            "quantity": write.quantity,
            "changeFromQuantity": write.was,
        }
        for write in writes
    ]
    asked = {
        "key": str(uuid4()),
        "input": {"name": "available", "reason": "correction", "quantities": quantities},
    }
    try:
        data = api.ask(SET, asked, cost=OF_A_MUTATION)
    except wire.Unreachable:
        data = api.ask(SET, asked, cost=OF_A_MUTATION)
    return members(within(data, "inventorySetQuantities").get("userErrors"))


def write_prices(api: Api, writes: Sequence[PriceWrite]) -> Iterator[Outcome[PriceWrite]]:
    """A call for each product."""
    by_product: dict[str, list[PriceWrite]] = defaultdict(list)
    for write in writes:
        by_product[write.ref.item_id].append(write)
    for product, mine in by_product.items():
        for batch in batches(mine, MOST_INPUTS):
            variants = [
                {"id": gid("ProductVariant", write.ref.variant_id), "price": plain(write.price)} for write in batch
            ]
            data = api.ask(PRICES, {"product": gid("Product", product), "variants": variants}, cost=OF_A_MUTATION)
            yield sorted_out(batch, members(within(data, "productVariantsBulkUpdate").get("userErrors")))


def sorted_out(batch: Sequence[PriceWrite], errors: list[Row]) -> Outcome[PriceWrite]:
    """An error that names no variant is about all of them."""
    reasons = {index_in(error): text(error.get("message")) for error in errors}
    refused = [(write, reasons.get(index, reasons.get(None))) for index, write in enumerate(batch)]
    return Outcome(
        done=tuple(write for write, reason in refused if reason is None),
        refused=tuple((write, reason) for write, reason in refused if reason is not None),
    )


def create(api: Api, items: Sequence[NewItem], location: str) -> Iterator[Outcome[NewItem]]:
    """A product with one variant for each."""
    for item in items:
        errors = members(
            within(api.ask(CREATE, {"input": product_of(item, location)}, cost=OF_A_MUTATION), "productSet").get(
                "userErrors"
            )
        )
        reason = " ".join(text(error.get("message")) for error in errors)
        yield Outcome(refused=((item, reason),)) if errors else Outcome(done=(item,))


def product_of(item: NewItem, location: str) -> Row:
    name = {"optionName": "Title", "name": "Default Title"}
    quantity = {"locationId": gid("Location", location), "name": "available", "quantity": item.quantity}
    variant = {
        "optionValues": [name],
        "price": plain(item.price),
        "inventoryItem": {"sku": item.sku, "tracked": True},
        "inventoryQuantities": [quantity],
    }
    options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
    return {"title": item.name, "status": "ACTIVE", "productOptions": options, "variants": [variant]}


def index_in(error: Row) -> int | None:
    """Which of the rows of a call an error is about: ["input", "quantities", "3", …], ["variants", "3", …]."""
    field: Any = error.get("field")
    digits = [part for part in field if isinstance(part, str) and part.isascii() and part.isdigit()] if field else []
    return int(digits[0]) if digits else None


def plain(price: Decimal) -> str:
    """A price as Shopify writes it."""
    return f"{price:.2f}"
