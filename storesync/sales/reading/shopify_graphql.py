"""Shopify's orders as its GraphQL API writes them, put into the form of its webhooks and read there."""

from datetime import tzinfo
from typing import Any

from storesync.sales.reading.neutral import Order
from storesync.sales.reading.shopify import exact_id, read_shopify
from storesync.values import Unreadable, members

# What a query has to ask of an order, for `read_shopify_node` reads exactly this. An order has further `refunds`, of
# REFUND_FIELDS, and connections: `lineItems` of LINE_FIELDS, `shippingLines` (with removals) of SHIPPING_FIELDS; how
# many of these fit into a query is a question of points.
ORDER_FIELDS = """
id name createdAt updatedAt cancelledAt displayFinancialStatus test currencyCode taxesIncluded dutiesIncluded
totalPriceSet { shopMoney { amount } }
totalTaxSet { shopMoney { amount } }
totalDiscountsSet { shopMoney { amount } }
totalTipReceivedSet { shopMoney { amount } }
originalTotalDutiesSet { shopMoney { amount } }
originalTotalAdditionalFeesSet { shopMoney { amount } }
"""
LINE_FIELDS = """
id name sku quantity product { id } variant { id }
originalUnitPriceSet { shopMoney { amount } }
discountAllocations { allocatedAmountSet { shopMoney { amount } } }
taxLines { priceSet { shopMoney { amount } } }
"""
SHIPPING_FIELDS = """
isRemoved originalPriceSet { shopMoney { amount } }
discountAllocations { allocatedAmountSet { shopMoney { amount } } }
taxLines { priceSet { shopMoney { amount } } }
"""
REFUND_FIELDS = """
transactions(first: 10) { pageInfo { hasNextPage } nodes { kind status amountSet { shopMoney { amount } } } }
refundLineItems(first: 100) { pageInfo { hasNextPage } nodes { quantity restockType lineItem { id } } }
"""
Node = dict[str, Any]


def read_shopify_node(node: Any, *, zone: tzinfo) -> Order:
    """The order of a GraphQL answer; its moments are in UTC, `zone` is the shop's time.

    `Unreadable` where a list goes on on a further page: half an order is none.
    """
    if not isinstance(node, dict):
        raise Unreadable("The order is no JSON object.")
    return read_shopify(_in_rest_form(node), zone=zone)


def _in_rest_form(node: Node) -> Node:
    return {
        **_named(node),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "cancelled_at": node.get("cancelledAt"),
        "financial_status": _lower(node.get("displayFinancialStatus")),
        "test": node.get("test"),
        "currency": node.get("currencyCode"),
        "taxes_included": node.get("taxesIncluded"),
        "duties_included": node.get("dutiesIncluded"),
        "total_price": _shop_amount(node, "totalPriceSet"),
        "total_tax": _shop_amount(node, "totalTaxSet"),
        "total_discounts": _shop_amount(node, "totalDiscountsSet"),
        "total_tip_received": _shop_amount(node, "totalTipReceivedSet"),
        "original_total_duties_set": _shop_money(node, "originalTotalDutiesSet"),
        "original_total_additional_fees_set": _shop_money(node, "originalTotalAdditionalFeesSet"),
        "line_items": [_line(line) for line in _all_of(node, "lineItems")],
        "shipping_lines": [_shipping_line(line) for line in _all_of(node, "shippingLines")],
        "refunds": [_refund(refund) for refund in members(node.get("refunds"))],
    }


def _named(node: Node) -> Node:
    return {"admin_graphql_api_id": node.get("id"), "name": node.get("name")}


def _line(line: Node) -> Node:
    return {
        **_named(line),
        "sku": line.get("sku"),
        "quantity": line.get("quantity"),
        "product_id": _id_of(line, "product"),
        "variant_id": _id_of(line, "variant"),
        "price": _shop_amount(line, "originalUnitPriceSet"),
        **_discounts_and_taxes(line),
    }


def _shipping_line(line: Node) -> Node:
    return {
        "price": _shop_amount(line, "originalPriceSet"),
        "is_removed": line.get("isRemoved"),
        **_discounts_and_taxes(line),
    }


def _discounts_and_taxes(line: Node) -> Node:
    discounts, taxes = members(line.get("discountAllocations")), members(line.get("taxLines"))
    return {
        "discount_allocations": [{"amount": _shop_amount(each, "allocatedAmountSet")} for each in discounts],
        "tax_lines": [{"price": _shop_amount(each, "priceSet")} for each in taxes],
    }


def _refund(refund: Node) -> Node:
    return {
        "transactions": [
            {
                "kind": _lower(each.get("kind")),
                "status": _lower(each.get("status")),
                "amount": _shop_amount(each, "amountSet"),
            }
            for each in _all_of(refund, "transactions")
        ],
        "refund_line_items": [
            {
                "quantity": each.get("quantity"),
                "restock_type": _lower(each.get("restockType")),
                "line_item_id": _id_of(each, "lineItem"),
            }
            for each in _all_of(refund, "refundLineItems")
        ],
    }


def _all_of(node: Node, key: str) -> list[Node]:
    """The nodes of a connection, all of which must be on its one page."""
    connection = _object(node, key)
    if _object(connection, "pageInfo").get("hasNextPage") is True:
        raise Unreadable(f"The order has more {key} than one page.")
    return members(connection.get("nodes"))


def _object(node: Node, key: str) -> Node:
    value = node.get(key)
    return value if isinstance(value, dict) else {}


def _id_of(node: Node, key: str) -> str:
    return exact_id({"admin_graphql_api_id": _object(node, key).get("id")})


def _shop_money(node: Node, key: str) -> Node | None:
    money = _object(node, key).get("shopMoney")
    return {"shop_money": money} if isinstance(money, dict) else None


def _shop_amount(node: Node, key: str) -> Any:
    return _object(_object(node, key), "shopMoney").get("amount")


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
