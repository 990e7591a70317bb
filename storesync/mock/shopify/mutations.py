"""What the Admin API changes: the mutations. Methods have the names of the schema."""

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from graphql import DocumentNode, GraphQLError, execute_sync, get_directive_values

from storesync.mock.server import Row
from storesync.mock.shopify import views
from storesync.mock.shopify.graphql import SCHEMA, read
from storesync.mock.shopify.queries import Queries
from storesync.mock.shopify.shapes import Level, Product, Variant, gid

MOST_INPUTS, MOST_STOCK = 250, 1_000_000_000
REASONS = (
    "correction", "cycle_count_available", "damaged", "movement_created", "movement_received", "other", "promotion",
    "quality_control", "received", "reservation_created", "restock", "safety_stock", "shrinkage",
)  # fmt: skip


class Mutations(Queries):
    """The root of an operation that may write."""

    # Stock.

    def inventorySetQuantities(self, info: Any, input: Row) -> Row:
        """All or nothing; the same key gets the same answer again."""
        key, quantities = self.key_in(info), input["quantities"]
        refuse_too_many(quantities, "input.quantities")
        if any("changeFromQuantity" not in each for each in quantities):
            text = "inventorySetQuantities must include the following argument: changeFromQuantity"
            raise GraphQLError(text, extensions={"code": "BAD_REQUEST"})
        known = self.store.answers.get(key)
        if known and known[0] != input:
            text = "The same idempotency key cannot be used with different operation parameters."
            return failed(None, text, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
        if known:
            return known[1]
        errors = list(self.wrong_with(input))
        if errors:
            return {"inventoryAdjustmentGroup": None, "userErrors": errors}
        answer = {"inventoryAdjustmentGroup": self.set_all(input), "userErrors": []}
        self.store.answers[key] = (input, answer)
        return answer

    def key_in(self, info: Any) -> str:
        """The key of the directive, which this mutation must have. Raises GraphQLError."""
        directive: Any = SCHEMA.get_directive("idempotent")
        values = get_directive_values(directive, info.field_nodes[0], info.variable_values)
        if not values:
            text = "The @idempotent directive is required for this mutation but was not provided."
            raise GraphQLError(text, extensions={"code": "BAD_REQUEST"})
        if not values["key"].strip():
            raise GraphQLError("The idempotency key cannot be an empty string", extensions={"code": "BAD_REQUEST"})
        return str(values["key"])

    def wrong_with(self, input: Row) -> Iterator[Row]:
        """The userErrors of inventorySetQuantities."""
        if input["name"] not in ("available", "on_hand"):
            yield error(["input", "name"], "The quantity name must be available or on_hand.", "INVALID_NAME")
        if input["reason"] not in REASONS:
            yield error(["input", "reason"], "The specified reason is invalid.", "INVALID_REASON")
        seen = set[tuple[str, str]]()
        for index, each in enumerate(input["quantities"]):
            path, pair = ["input", "quantities", str(index)], (each["inventoryItemId"], each["locationId"])
            row, location = self.store.items_by_id.get(number_in(pair[0])), number_in(pair[1])
            if row is None:
                text = "The specified inventory item could not be found."
                yield error([*path, "inventoryItemId"], text, "INVALID_INVENTORY_ITEM")
            elif location not in views.LOCATIONS:
                yield error([*path, "locationId"], "The specified location could not be found.", "INVALID_LOCATION")
            elif location not in row.levels:
                text = "The specified inventory item is not stocked at the location."
                yield error([*path, "locationId"], text, "ITEM_NOT_STOCKED_AT_LOCATION")
            elif pair in seen:
                text = "The combination of inventory item and location must be unique."
                yield error(path, text, "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR")
            elif not 0 <= each["quantity"] <= MOST_STOCK:
                code = "INVALID_QUANTITY_NEGATIVE" if each["quantity"] < 0 else "INVALID_QUANTITY_TOO_HIGH"
                yield error([*path, "quantity"], "The quantity is out of range.", code)
            elif each["changeFromQuantity"] not in (None, quantity_of(row.levels[location], input["name"])):
                text = "The changeFromQuantity value does not match persisted value."
                yield error([*path, "changeFromQuantity"], text, "CHANGE_FROM_QUANTITY_STALE")
            seen.add(pair)

    def set_all(self, input: Row) -> Row:
        """Write the quantities; the answer names what changed."""
        changes, products, at = [], dict[int, Product](), self.store.stamp()
        for each in input["quantities"]:
            row = self.store.items_by_id[number_in(each["inventoryItemId"])]
            location = number_in(each["locationId"])
            level = row.levels[location]
            delta = each["quantity"] - quantity_of(level, input["name"])
            level.available += delta
            products[row.product.id] = row.product
            changes.append(
                {
                    "name": input["name"], "delta": delta, "quantityAfterChange": each["quantity"],
                    "item": views.item(row, self.page),
                    "location": views.location(views.LOCATIONS[location], self.page),
                }
            )  # fmt: skip
        self.store.tell_products(list(products.values()))
        return {
            "id": gid("InventoryAdjustmentGroup", self.store.number()), "createdAt": views.utc(at),
            "reason": input["reason"], "referenceDocumentUri": input.get("referenceDocumentUri"), "changes": changes,
        }  # fmt: skip

    # Products.

    def productSet(self, info: Any, input: Row, synchronous: bool = True) -> Row:
        """A new product."""
        title, variants = (input.get("title") or "").strip(), input.get("variants") or []
        if not title:
            return {"product": None, "userErrors": [error(["input", "title"], "Title can't be blank", "BLANK")]}
        if not variants or not input.get("productOptions"):
            text = "Product options and variants are required"
            return {
                "product": None,
                "userErrors": [error(["input", "variants"], text, "PRODUCT_OPTIONS_INPUT_MISSING")],
            }
        at = self.store.stamp()
        product = Product(self.store.number(), title, at, at, input.get("status", "ACTIVE"))
        for each in variants:
            tracked = (each.get("inventoryItem") or {}).get("tracked", False)
            row = Variant(
                id=self.store.number(), item_id=self.store.number(), product=product, parts=(), tracked=tracked,
                sku=each.get("sku") or (each.get("inventoryItem") or {}).get("sku") or "",
                title=" / ".join(value.get("name") or "" for value in each["optionValues"]),
                price=Decimal(str(each.get("price") or 0)),
                levels={
                    number_in(level["locationId"]): Level(level["quantity"])
                    for level in each.get("inventoryQuantities") or []
                } or {next(iter(views.LOCATIONS)): Level(0)},
            )  # fmt: skip
            self.store.add(row)
        self.store.tell_products([product])
        return {"product": views.product(product, self.page), "userErrors": []}

    def productVariantsBulkUpdate(
        self, info: Any, productId: str, variants: list[Row], allowPartialUpdates: bool = False
    ) -> Row:
        """New prices of the variants of one product."""
        refuse_too_many(variants, "variants")
        product = self.store.products.get(number_in(productId))
        none: Row = {"product": None, "productVariants": None}
        if product is None:
            return {**none, "userErrors": [error(["productId"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")]}
        rows = {gid("ProductVariant", row.id): row for row in product.variants}
        errors = []
        for index, each in enumerate(variants):
            path = ["variants", str(index)]
            if each.get("id") not in rows:
                text = "Product variant does not exist"
                errors.append(error([*path, "id"], text, "PRODUCT_VARIANT_DOES_NOT_EXIST"))
            elif each.get("price") is not None and Decimal(str(each["price"])) < 0:
                errors.append(
                    error([*path, "price"], "Price must be greater than or equal to 0", "NEGATIVE_PRICE_VALUE")
                )
        if errors and not allowPartialUpdates:
            return {**none, "userErrors": errors}
        wrong = {each["field"][1] for each in errors}
        changed = [(rows[each["id"]], each) for index, each in enumerate(variants) if str(index) not in wrong]
        for row, each in changed:
            row.price = row.price if each.get("price") is None else Decimal(str(each["price"]))
        self.store.tell_products([product])
        shown = [views.variant(row, self.page) for row, _ in changed]
        return {"product": views.product(product, self.page), "productVariants": shown, "userErrors": errors}

    # Webhooks.

    def webhookSubscriptionCreate(self, info: Any, topic: str, webhookSubscription: Row) -> Row:
        uri, field = webhookSubscription.get("uri") or "", ["webhookSubscription", "uri"]
        none: Row = {"webhookSubscription": None}
        if not uri.startswith(("https://", "http://")):  # Shopify itself takes https alone
            return {**none, "userErrors": [{"field": field, "message": "Address is not a valid address"}]}
        same = (self.grant.shop, topic, uri)
        if any((hook["shop"], hook["topic"], hook["uri"]) == same for hook in self.store.hooks.values()):
            return {
                **none,
                "userErrors": [{"field": field, "message": "Address for this topic has already been taken"}],
            }
        number = self.store.number()
        at = views.utc(self.store.stamp())
        self.store.hooks[number] = row = {
            "id": number, "shop": self.grant.shop, "topic": topic, "uri": uri, "createdAt": at,
        }  # fmt: skip
        return {"webhookSubscription": views.hook(row, self.page), "userErrors": []}

    def webhookSubscriptionDelete(self, info: Any, id: str) -> Row:
        if self.store.hooks.pop(number_in(id), None) is None:
            errors = [{"field": ["id"], "message": "Webhook subscription does not exist"}]
            return {"deletedWebhookSubscriptionId": None, "userErrors": errors}
        return {"deletedWebhookSubscriptionId": id, "userErrors": []}

    # Bulk queries.

    def bulkOperationRunQuery(self, info: Any, query: str, groupObjects: bool = False) -> Row:
        """Begins it; the operation tells when its file is there."""
        problem = None if "edges" in query or "nodes" in query else "it must contain at least one connection."
        try:
            document = read(query)
        except GraphQLError as wrong:
            problem = wrong.message
        if problem:
            errors = [{"field": ["query"], "message": f"Invalid bulk query: {problem}", "code": "INVALID"}]
            return {"bulkOperation": None, "userErrors": errors}
        number = self.store.number()
        shown = {
            "status": "CREATED", "type": "QUERY", "query": query, "createdAt": views.utc(self.store.stamp()),
            "objectCount": "0", "rootObjectCount": "0",
        }  # fmt: skip
        self.store.bulks[number] = row = {"id": number, "shown": shown, "file": b""}
        begun = views.bulk(row, self.page)  # as it is before it runs, however quickly it does
        threading.Thread(target=self.run_bulk, args=(document, row), daemon=True).start()
        return {"bulkOperation": begun, "userErrors": []}

    def run_bulk(self, document: DocumentNode, row: Row) -> None:
        """Beside the calls that come meanwhile, without their lock: it may take seconds."""
        result = execute_sync(SCHEMA, document, Queries(self.store, self.grant, bulk=True))
        if result.errors or result.data is None:
            row["shown"] = {**row["shown"], "status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR"}
            return
        lines = list(flattened(parted(result.data)[1], None))
        row["file"] = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()
        row["shown"] = {
            **row["shown"], "status": "COMPLETED", "completedAt": views.utc(self.store.stamp()),
            "objectCount": str(len(lines)), "fileSize": str(len(row["file"])),
            "rootObjectCount": str(sum("__parentId" not in line for line in lines)),
            "url": f"{self.store.base}/bulk/{row['id']}.jsonl" if lines else None,
        }  # fmt: skip


def flattened(connections: list[Row], parent: str | None) -> Iterator[Row]:
    """The lines of a bulk operation's file: each node after the one to whose connections it belongs."""
    for connection in connections:
        for node in connection.get("nodes") or [edge["node"] for edge in connection.get("edges", [])]:
            plain, below = parted(node)
            yield {**plain, **({"__parentId": parent} if parent else {})}
            yield from flattened(below, node.get("id"))


def parted(value: Row) -> tuple[Row, list[Row]]:
    """A node without its connections, and these; those of the objects in it are the node's, too."""
    plain: Row = {}
    connections = []
    for name, field in value.items():
        if is_connection(field):
            connections.append(field)
        elif isinstance(field, dict):
            plain[name], inner = parted(field)
            connections += inner
        else:
            plain[name] = field
    return plain, connections


def is_connection(value: Any) -> bool:
    return isinstance(value, dict) and ("edges" in value or "nodes" in value)


def refuse_too_many(rows: list[Any], name: str) -> None:
    """Raises GraphQLError."""
    if len(rows) > MOST_INPUTS:
        text = f"The input array size of {len(rows)} is greater than the maximum allowed of {MOST_INPUTS}."
        raise GraphQLError(text, extensions={"code": "MAX_INPUT_SIZE_EXCEEDED", "argument": name})


def quantity_of(level: Level, name: str) -> int:
    return level.available + (level.committed if name == "on_hand" else 0)


def number_in(gid: str) -> int:
    """The number of a global id; -1 for a text that is none."""
    number = gid.rpartition("/")[2]
    return int(number) if number.isascii() and number.isdigit() else -1


def error(field: list[str] | None, message: str, code: str) -> Row:
    return {"field": field, "message": message, "code": code}


def failed(field: list[str] | None, message: str, code: str) -> Row:
    return {"inventoryAdjustmentGroup": None, "userErrors": [error(field, message, code)]}
