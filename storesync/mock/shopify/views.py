"""The objects of the schema, made of the shop's rows; what costs work is a function, called if it is asked for."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

from storesync.mock.catalogue import CURRENCY
from storesync.mock.server import Row
from storesync.mock.shopify import shapes
from storesync.mock.shopify.shapes import Product, Variant, bag, gid, handle, money_in, two

LOCATIONS = {number: (number, name) for number, name in shapes.LOCATIONS.items()}
LARGEST_PAGE = 250


class Page:
    """Makes a connection of rows, a page at a time; all at once in a `bulk` operation."""

    def __init__(self, variants: dict[int, Variant], *, bulk: bool = False) -> None:
        self.variants, self.bulk = variants, bulk

    def __call__(
        self, rows: Sequence[Any], view: Callable[..., Row], key: Callable[[Any], tuple[Any, ...]], *,
        first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None,
        reverse: bool | None = None,
    ) -> Row:  # fmt: skip
        """Rows in the order of their `key`, from behind the cursor on."""
        if first is None and last is None and not self.bulk:
            raise GraphQLError("you must provide one of first or last", extensions={"code": "BAD_REQUEST"})
        if not all(size is None or 0 <= size <= LARGEST_PAGE for size in (first, last)):
            raise GraphQLError(f"first and last are at most {LARGEST_PAGE}", extensions={"code": "BAD_REQUEST"})
        pairs = sorted(((key(row), row) for row in rows), key=lambda pair: pair[0], reverse=bool(reverse))
        count = len(pairs)
        begin, end = opened(after), opened(before)
        pairs = [
            (at, row)
            for at, row in pairs
            if (begin is None or (at < begin if reverse else at > begin))
            and (end is None or (at > end if reverse else at < end))
        ]
        shown = pairs[:first] if first is not None else pairs[-last:] if last else pairs
        cut = len(shown) < len(pairs)
        return {
            "edges": lambda info: [{"cursor": closed(at), "node": view(row, self)} for at, row in shown],
            "nodes": lambda info: [view(row, self) for _, row in shown],
            "pageInfo": {
                "hasNextPage": cut if first is not None else end is not None and count > len(pairs),
                "hasPreviousPage": cut if first is None else begin is not None and count > len(pairs),
                "startCursor": closed(shown[0][0]) if shown else None,
                "endCursor": closed(shown[-1][0]) if shown else None,
            },
        }

    def of(self, rows: Sequence[Any], view: Callable[..., Row], key: Callable[[Any], Any]) -> Callable[..., Row]:
        """A field that is a connection."""
        return lambda info, **page: self(rows, view, lambda row: (key(row),), **page)


def closed(key: tuple[Any, ...]) -> str:
    return base64.b64encode(json.dumps(key).encode()).decode()


def opened(cursor: str | None) -> tuple[Any, ...] | None:
    """The key in a cursor. Raises GraphQLError."""
    try:
        return tuple(json.loads(base64.b64decode(cursor))) if cursor else None
    except (ValueError, TypeError) as error:
        raise GraphQLError("Invalid cursor for current pagination sort.") from error


def utc(text: str) -> str:
    """A time as GraphQL writes it."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(value: Row) -> Row:
    """A MoneyBag."""
    pairs = {"shopMoney": value["shop_money"], "presentmentMoney": value["presentment_money"]}
    return {name: {"amount": each["amount"], "currencyCode": each["currency_code"]} for name, each in pairs.items()}


def identified(kind: str, number: int) -> Row:
    return {"__typename": kind, "id": gid(kind, number), "legacyResourceId": str(number)}


def shop(domain: str) -> Row:
    return {
        "id": gid("Shop", 1), "name": domain.partition(".")[0], "myshopifyDomain": domain,
        "email": "shop@example.com", "currencyCode": CURRENCY, "ianaTimezone": "Africa/Lagos",
        "taxesIncluded": False,
        "plan": {"publicDisplayName": "Basic", "partnerDevelopment": True, "shopifyPlus": False},
        "primaryDomain": {"host": domain, "url": f"https://{domain}"},
    }  # fmt: skip


def location(row: tuple[int, str], page: Page) -> Row:
    return {**identified("Location", row[0]), "name": row[1], "isActive": True, "fulfillsOnlineOrders": True}


def product(row: Product, page: Page) -> Row:
    return {
        **identified("Product", row.id), "title": row.title, "handle": handle(row), "status": row.status,
        "vendor": "mock-shop", "createdAt": utc(row.created_at), "updatedAt": utc(row.updated_at),
        "totalInventory": sum(each.total for each in row.variants),
        "tracksInventory": any(each.tracked for each in row.variants),
        "hasOnlyDefaultVariant": len(row.variants) == 1, "isGiftCard": False,
        "variants": page.of(row.variants, variant, lambda each: each.id),
    }  # fmt: skip


def variant(row: Variant, page: Page) -> Row:
    return {
        **identified("ProductVariant", row.id), "title": row.title,
        "displayName": f"{row.product.title} - {row.title}", "sku": row.sku, "barcode": None,
        "price": two(row.price), "compareAtPrice": None, "position": row.product.variants.index(row) + 1,
        "createdAt": utc(row.product.created_at), "updatedAt": utc(row.product.updated_at),
        "inventoryQuantity": row.total, "requiresComponents": bool(row.parts),
        "product": lambda info: product(row.product, page), "inventoryItem": lambda info: item(row, page),
    }  # fmt: skip


def item(row: Variant, page: Page) -> Row:
    def level_at(info: Any, locationId: str) -> Row | None:
        number = int(locationId.rpartition("/")[2])
        return level((row, number), page) if number in row.levels else None

    return {
        **identified("InventoryItem", row.item_id), "sku": row.sku, "tracked": row.tracked,
        "updatedAt": utc(row.product.updated_at), "variant": lambda info: variant(row, page),
        "inventoryLevel": level_at,
        "inventoryLevels": page.of([(row, number) for number in row.levels], level, lambda pair: pair[1]),
    }  # fmt: skip


def level(pair: tuple[Variant, int], page: Page) -> Row:
    row, number = pair
    stock = row.levels[number]

    def quantities(info: Any, names: list[str]) -> list[Row]:
        known = {
            "available": stock.available, "committed": stock.committed, "on_hand": stock.available + stock.committed,
            "incoming": 0, "reserved": 0, "damaged": 0, "safety_stock": 0, "quality_control": 0,
        }  # fmt: skip
        wrong = set(names) - set(known)
        if wrong:
            raise GraphQLError(f"Invalid quantity names: {', '.join(sorted(wrong))}")
        return [{"name": name, "quantity": known[name], "updatedAt": utc(row.product.updated_at)} for name in names]

    return {
        "__typename": "InventoryLevel", "id": f"{gid('InventoryLevel', number)}?inventory_item_id={row.item_id}",
        "updatedAt": utc(row.product.updated_at), "item": lambda info: item(row, page),
        "location": location(LOCATIONS[number], page), "quantities": quantities,
    }  # fmt: skip


SETS = {
    "totalPriceSet": "total_price_set", "subtotalPriceSet": "subtotal_price_set", "totalTaxSet": "total_tax_set",
    "totalDiscountsSet": "total_discounts_set", "totalShippingPriceSet": "total_shipping_price_set",
    "currentTotalPriceSet": "current_total_price_set", "currentSubtotalPriceSet": "current_subtotal_price_set",
    "currentTotalTaxSet": "current_total_tax_set", "currentTotalDiscountsSet": "current_total_discounts_set",
}  # fmt: skip


def order(row: Row, page: Page) -> Row:
    currency, paid = row["currency"], row["financial_status"] not in ("pending", "voided")
    back = sum(float(each["transactions"][0]["amount"]) for each in row["refunds"])
    by_id = {each["id"]: each for each in row["line_items"]}

    def refunds(info: Any, first: int | None = None) -> list[Row]:
        return [refund(each, by_id, page) for each in row["refunds"][:first]]

    def shipping_lines(info: Any, includeRemovals: bool = False, **asked: Any) -> Row:
        return page.of(row["shipping_lines"], shipping_line, lambda each: each["id"])(info, **asked)

    return {
        **identified("Order", row["id"]), "name": row["name"], "sourceName": row["source_name"],
        "test": row["test"], "confirmed": row["confirmed"], "createdAt": utc(row["created_at"]),
        "processedAt": utc(row["processed_at"]), "updatedAt": utc(row["updated_at"]), "closedAt": None,
        "cancelledAt": row["cancelled_at"] and utc(row["cancelled_at"]),
        "cancelReason": row["cancel_reason"] and row["cancel_reason"].upper(),
        "displayFinancialStatus": row["financial_status"].upper(), "displayFulfillmentStatus": "UNFULFILLED",
        "currencyCode": currency, "presentmentCurrencyCode": row["presentment_currency"],
        "taxesIncluded": row["taxes_included"], "dutiesIncluded": False, "taxLines": [],
        "originalTotalDutiesSet": None, "originalTotalAdditionalFeesSet": None,
        **{name: money(row[key]) for name, key in SETS.items()},
        "totalTipReceivedSet": money(bag(0, currency)),
        "totalRefundedSet": money(bag(back, currency)),
        "totalReceivedSet": money(bag(row["total_price"] if paid else 0, currency)),
        "lineItems": page.of(row["line_items"], line_item, lambda each: each["id"]),
        "shippingLines": shipping_lines,
        "refunds": refunds,
    }  # fmt: skip


def line_item(row: Row, page: Page) -> Row:
    currency = row["price_set"]["shop_money"]["currency_code"]
    full = money_in(row["price_set"]) * row["quantity"]
    allocations = [{"allocatedAmountSet": money(each["amount_set"])} for each in row["discount_allocations"]]
    return {
        **identified("LineItem", row["id"]), "name": row["name"], "title": row["title"],
        "variantTitle": row["variant_title"], "sku": row["sku"], "isGiftCard": False, "taxable": True,
        "quantity": row["quantity"], "currentQuantity": row["current_quantity"],
        "refundableQuantity": row["current_quantity"], "requiresShipping": True,
        "product": lambda info: product(page.variants[row["variant_id"]].product, page),
        "variant": lambda info: variant(page.variants[row["variant_id"]], page),
        "originalUnitPriceSet": money(row["price_set"]), "originalTotalSet": money(bag(full, currency)),
        # Discounts of the whole order are in the allocations alone.
        "discountedTotalSet": money(bag(full, currency)), "totalDiscountSet": money(bag(0, currency)),
        "discountAllocations": allocations, "taxLines": [],
    }  # fmt: skip


def shipping_line(row: Row, page: Page) -> Row:
    return {
        "id": gid("ShippingLine", row["id"]), "title": row["title"], "code": row["code"],
        "originalPriceSet": money(row["price_set"]), "discountedPriceSet": money(row["discounted_price_set"]),
        "isRemoved": False, "discountAllocations": [], "taxLines": [],
    }  # fmt: skip


def refund(row: Row, lines: dict[int, Row], page: Page) -> Row:
    paid = row["transactions"]

    def refund_line(each: Row, page: Page) -> Row:
        number = each["location_id"]
        return {
            "id": gid("RefundLineItem", each["id"]), "quantity": each["quantity"],
            "lineItem": line_item(lines[each["line_item_id"]], page), "restockType": each["restock_type"].upper(),
            "restocked": each["restock_type"] != "no_restock",
            "location": location(LOCATIONS[number], page) if number else None,
            "priceSet": money(each["line_item"]["price_set"]), "subtotalSet": money(each["subtotal_set"]),
            "totalTaxSet": money(each["total_tax_set"]),
        }  # fmt: skip

    def transaction(each: Row, page: Page) -> Row:
        amount = bag(each["amount"], each["currency"])
        return {
            **identified("OrderTransaction", each["id"]), "kind": each["kind"].upper(),
            "status": each["status"].upper(), "gateway": each["gateway"], "amountSet": money(amount),
        }  # fmt: skip

    def adjustment(each: Row, page: Page) -> Row:
        sums = {"amountSet": money(each["amount_set"]), "taxAmountSet": money(each["tax_amount_set"])}
        return {**identified("OrderAdjustment", each["id"]), **sums}

    return {
        **identified("Refund", row["id"]), "createdAt": utc(row["created_at"]), "updatedAt": utc(row["created_at"]),
        "note": row["note"], "totalRefundedSet": money(bag(paid[0]["amount"], paid[0]["currency"])),
        "refundLineItems": page.of(row["refund_line_items"], refund_line, lambda each: each["id"]),
        "transactions": page.of(paid, transaction, lambda each: each["id"]),
        "orderAdjustments": page.of(row["order_adjustments"], adjustment, lambda each: each["id"]),
    }  # fmt: skip


def hook(row: Row, page: Page) -> Row:
    shown = {name: row[name] for name in ("topic", "uri", "createdAt")}
    return {**identified("WebhookSubscription", row["id"]), **shown, "format": "JSON", "updatedAt": row["createdAt"]}


def bulk(row: Row, page: Page) -> Row:
    return {**identified("BulkOperation", row["id"]), **row["shown"]}
