"""What the Admin API reads: the queries, and the objects they show. Methods have the names of the schema."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from storesync.mock.server import Row
from storesync.mock.shopify import views
from storesync.mock.shopify.oauth import Grant
from storesync.mock.shopify.views import Page, utc

if TYPE_CHECKING:
    from storesync.mock.shopify.store import ShopifyStore

TERM = re.compile(r"""(\w+):(<=|>=|<|>)?(?:'([^']*)'|"([^"]*)"|(\S+))""")


class Queries:
    """The root of an operation; in a `bulk` operation a connection without a size shows all that it has."""

    def __init__(self, store: "ShopifyStore", grant: Grant, *, bulk: bool = False) -> None:
        self.store, self.grant, self.page = store, grant, Page(store.variants, bulk=bulk)

    def shop(self, info: Any) -> Row:
        return views.shop(self.grant.shop)

    def node(self, info: Any, id: str) -> Row | None:
        return self.found(id)

    def nodes(self, info: Any, ids: list[str]) -> list[Row | None]:
        return [self.found(each) for each in ids]

    def found(self, gid: str) -> Row | None:
        """The object with this id, or None."""
        match = re.fullmatch(r"gid://shopify/(\w+)/(\d+)", gid)
        if match is None:
            raise GraphQLError(f"Invalid global id '{gid}'", extensions={"code": "INVALID_GLOBAL_ID"})
        kind, number = match[1], int(match[2])
        store = self.store
        tables: dict[str, tuple[Any, Callable[..., Row]]] = {
            "Order": (store.orders, views.order),
            "Product": (store.products, views.product),
            "ProductVariant": (store.variants, views.variant),
            "InventoryItem": (store.items_by_id, views.item),
            "Location": (views.LOCATIONS, views.location),
            "WebhookSubscription": (store.hooks, views.hook),
            "BulkOperation": (store.bulks, views.bulk),
        }
        rows, view = tables.get(kind, ({}, views.location))
        return view(rows[number], self.page) if number in rows else None

    def one(self, kind: str, gid: str) -> Row | None:
        """The object, if it is of this kind."""
        found = self.found(gid)
        return found if found and found["__typename"] == kind else None

    def order(self, info: Any, id: str) -> Row | None:
        return self.one("Order", id)

    def product(self, info: Any, id: str) -> Row | None:
        return self.one("Product", id)

    def productVariant(self, info: Any, id: str) -> Row | None:
        return self.one("ProductVariant", id)

    def inventoryItem(self, info: Any, id: str) -> Row | None:
        return self.one("InventoryItem", id)

    def location(self, info: Any, id: str | None = None) -> Row | None:
        return self.one("Location", id or views.gid("Location", next(iter(views.LOCATIONS))))

    def bulkOperation(self, info: Any, id: str) -> Row | None:
        return self.one("BulkOperation", id)

    def currentBulkOperation(self, info: Any, type: str = "QUERY") -> Row | None:
        rows = list(self.store.bulks.values())
        return views.bulk(rows[-1], self.page) if rows and type == "QUERY" else None

    def currentAppInstallation(self, info: Any) -> Row:
        scopes = [{"handle": scope, "description": scope} for scope in self.grant.scope.split(",") if scope]
        return {"id": views.gid("AppInstallation", 1), "accessScopes": scopes}

    def orders(self, info: Any, sortKey: str = "PROCESSED_AT", query: str = "", **page: Any) -> Row:
        names = {"created_at": "created_at", "updated_at": "updated_at", "processed_at": "processed_at"}
        readers: dict[str, Callable[[Row], Any]] = {
            "id": lambda row: row["id"],
            "name": lambda row: row["name"],
            "financial_status": lambda row: row["financial_status"],
            **{name: lambda row, key=key: utc(row[key]) for name, key in names.items()},  # type: ignore[misc]
        }
        rows = searched(self.store.orders.values(), query, readers)
        by = names.get(sortKey.lower())
        return self.page(rows, views.order, lambda row: (utc(row[by]) if by else "", row["id"]), **page)

    def products(self, info: Any, sortKey: str = "ID", query: str = "", **page: Any) -> Row:
        readers: dict[str, Callable[[Any], Any]] = {
            "id": lambda row: row.id,
            "title": lambda row: row.title,
            "updated_at": lambda row: utc(row.updated_at),
            "created_at": lambda row: utc(row.created_at),
            "status": lambda row: row.status,
            "sku": lambda row: [each.sku for each in row.variants],
        }
        rows = searched(self.store.products.values(), query, readers)
        by = readers[sortKey.lower()]
        return self.page(rows, views.product, lambda row: (by(row), row.id), **page)

    def productVariants(self, info: Any, sortKey: str = "ID", query: str = "", **page: Any) -> Row:
        readers: dict[str, Callable[[Any], Any]] = {
            "id": lambda row: row.id,
            "sku": lambda row: row.sku,
            "title": lambda row: row.title,
            "product_id": lambda row: row.product.id,
            "updated_at": lambda row: utc(row.product.updated_at),
        }
        rows = searched(self.store.variants.values(), query, readers)
        by = readers[sortKey.lower()]
        return self.page(rows, views.variant, lambda row: (by(row), row.id), **page)

    def inventoryItems(self, info: Any, query: str = "", **page: Any) -> Row:
        readers: dict[str, Callable[[Any], Any]] = {"id": lambda row: row.item_id, "sku": lambda row: row.sku}
        rows = searched(self.store.variants.values(), query, readers)
        return self.page(rows, views.item, lambda row: (row.item_id,), **page)

    def locations(self, info: Any, includeInactive: bool = False, **page: Any) -> Row:
        return self.page(list(views.LOCATIONS.values()), views.location, lambda row: (row[0],), **page)

    def webhookSubscriptions(
        self, info: Any, topics: list[str] | None = None, uri: str | None = None, **page: Any
    ) -> Row:
        rows = [
            hook
            for hook in self.store.hooks.values()
            if hook["shop"] == self.grant.shop
            and (not topics or hook["topic"] in topics)
            and uri in (None, hook["uri"])
        ]
        return self.page(rows, views.hook, lambda row: (row["id"],), **page)


def searched(rows: Any, text: str | None, readers: dict[str, Callable[[Any], Any]]) -> list[Any]:
    """Those that fit all terms of a search. Names that Shopify does not know it passes over; here they fail."""
    found = list(rows)
    rest = TERM.sub("", text or "").replace("AND", "").strip()
    if rest:
        raise GraphQLError(f"The stand-in does not understand the search '{rest}'")
    for name, operator, *values in TERM.findall(text or ""):
        wanted = next((value for value in values if value), "")
        if name == "status" and wanted == "any":
            continue
        if name not in readers:
            raise GraphQLError(f"The stand-in knows no search by {name}")
        found = [row for row in found if fits(readers[name](row), operator, wanted)]
    return found


def fits(value: Any, operator: str, wanted: str) -> bool:
    """One term, for one row."""
    if isinstance(value, list):
        return any(fits(each, operator, wanted) for each in value)
    if isinstance(value, int):
        ours, theirs = value, int(wanted)
    elif operator:
        ours, theirs = datetime.fromisoformat(value), datetime.fromisoformat(wanted)  # type: ignore[assignment]
    else:
        return bool(value.lower() == wanted.lower())
    return {"": ours == theirs, ">": ours > theirs, ">=": ours >= theirs, "<": ours < theirs, "<=": ours <= theirs}[
        operator
    ]
