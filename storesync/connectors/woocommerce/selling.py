"""What a WooCommerce shop sells, how many it has, and for how much. Variations are reached by their product alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from storesync.connectors.base import Item, ItemRef, Level, NewItem, Outcome, PriceWrite, StockWrite, batches
from storesync.connectors.woocommerce.api import PAGE, Api, Row, error_in
from storesync.values import identifier, members, money, text, whole

W = TypeVar("W", StockWrite, PriceWrite, NewItem)

# Without `_fields` a page of products has megabytes of descriptions.
FIELDS = "id,name,sku,type,price,manage_stock"
FIELDS_OF_VARIATIONS = "id,sku,price,manage_stock,attributes"
FIELDS_OF_STOCK = "id,manage_stock,stock_quantity"
PARENTS, BUNDLES = ("variable", "grouped"), ("bundle", "composite")


def products(api: Api) -> Iterator[Item]:
    for rows in api.pages("products", _fields=FIELDS):
        for row in rows:
            kind, ref = text(row.get("type")), ItemRef(identifier(row.get("id")))
            if kind == "variable":
                yield from variations(api, row)
            if kind not in PARENTS:
                yield item_of(row, ref, text(row.get("name")), is_bundle=kind in BUNDLES)


def variations(api: Api, parent: Row) -> Iterator[Item]:
    number = identifier(parent.get("id"))
    for rows in api.pages(f"products/{number}/variations", _fields=FIELDS_OF_VARIATIONS):
        for row in rows:
            options = [text(each.get("option")) for each in members(row.get("attributes"))]
            name = " - ".join([text(parent.get("name")), *(option for option in options if option)])
            yield item_of(row, ItemRef(number, identifier(row.get("id"))), name)


def item_of(row: Row, ref: ItemRef, name: str, *, is_bundle: bool = False) -> Item:
    """`manage_stock` may be the text "parent": then the count is not the variation's own."""
    is_tracked = row.get("manage_stock") is True and not is_bundle
    return Item(ref, sku=text(row.get("sku")), name=name, price=money(row.get("price")), is_tracked=is_tracked)


def stock(api: Api, refs: Sequence[ItemRef]) -> Iterator[Level]:
    for path, mine in by_path(refs).items():
        for batch in batches(mine, PAGE):
            yield from levels(api, path, batch)


def levels(api: Api, path: str, refs: Sequence[ItemRef]) -> Iterator[Level]:
    """Of at most a page."""
    wanted = {ref.variant_id or ref.item_id: ref for ref in refs}
    for rows in api.pages(path, include=",".join(wanted), _fields=FIELDS_OF_STOCK):
        for row in rows:
            if ref := wanted.get(identifier(row.get("id"))):
                counted = row.get("manage_stock") is True
                yield Level(ref, "", whole(row.get("stock_quantity")) if counted else None)


def by_path(refs: Sequence[ItemRef]) -> dict[str, list[ItemRef]]:
    """The lists in which they are."""
    found: dict[str, list[ItemRef]] = defaultdict(list)
    for ref in refs:
        found[f"products/{ref.item_id}/variations" if ref.variant_id else "products"].append(ref)
    return found


def write_stock(api: Api, writes: Sequence[StockWrite]) -> Iterator[Outcome[StockWrite]]:
    by_ref = {write.ref: write for write in writes}
    for path, refs in by_path(list(by_ref)).items():
        for batch in batches([by_ref[ref] for ref in refs], PAGE):
            yield written(api, path, batch)


def written(api: Api, path: str, writes: Sequence[StockWrite]) -> Outcome[StockWrite]:
    """Woo has no compare-and-set: what was sold between the reading and the writing is found by reading once more."""
    refs = [write.ref for write in writes]
    before = {level.ref: level.quantity for level in levels(api, path, refs)}
    fresh = [write for write in writes if before.get(write.ref) == write.was]
    stale = [write for write in writes if before.get(write.ref) != write.was]
    if not fresh:
        return Outcome(stale=tuple(stale))
    rows = [{"id": number_of(write.ref), "stock_quantity": write.quantity} for write in fresh]
    outcome = sorted_out(fresh, api.batch(path, update=rows))
    after = {level.ref: level.quantity for level in levels(api, path, [write.ref for write in outcome.done])}
    stale += [write for write in outcome.done if after.get(write.ref) != write.quantity]
    done = tuple(write for write in outcome.done if after.get(write.ref) == write.quantity)
    return Outcome(done, tuple(stale), outcome.refused)


def write_prices(api: Api, writes: Sequence[PriceWrite]) -> Iterator[Outcome[PriceWrite]]:
    by_ref = {write.ref: write for write in writes}
    for path, refs in by_path(list(by_ref)).items():
        for batch in batches([by_ref[ref] for ref in refs], PAGE):
            rows = [{"id": number_of(write.ref), "regular_price": f"{write.price:.2f}"} for write in batch]
            yield sorted_out(batch, api.batch(path, update=rows))


def create(api: Api, items: Sequence[NewItem]) -> Iterator[Outcome[NewItem]]:
    for batch in batches(items, PAGE):
        yield sorted_out(batch, api.batch("products", create=[product_of(item) for item in batch]))


def product_of(item: NewItem) -> Row:
    return {
        "name": item.name,
        "sku": item.sku,
        "type": "simple",
        "regular_price": f"{item.price:.2f}",
        "manage_stock": True,
        "stock_quantity": item.quantity,
    }


def sorted_out(batch: Sequence[W], answers: Sequence[Row]) -> Outcome[W]:
    reasons = [(write, error_in(row)) for write, row in zip(batch, answers, strict=True)]
    return Outcome(
        done=tuple(write for write, reason in reasons if reason is None),
        refused=tuple((write, reason) for write, reason in reasons if reason is not None),
    )


def number_of(ref: ItemRef) -> int:
    return int(ref.variant_id or ref.item_id)
