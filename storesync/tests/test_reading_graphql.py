"""Shopify's orders as a query has them: read as the webhook of the same order is."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from storesync.sales.reading import (
    LINE_FIELDS,
    ORDER_FIELDS,
    REFUND_FIELDS,
    SHIPPING_FIELDS,
    Unreadable,
    read_shopify,
    read_shopify_node,
)
from storesync.tests.bodies import codes, recorded

NEW_YORK = ZoneInfo("America/New_York")


def bag(amount):
    """Money of the shop, and of a buyer who paid in another currency."""
    return {"shopMoney": {"amount": amount}, "presentmentMoney": {"amount": "1.00"}}


def page(nodes, more=False):
    return {"pageInfo": {"hasNextPage": more}, "nodes": nodes}


def discounts_and_taxes(row):
    return {
        "discountAllocations": [{"allocatedAmountSet": bag(each["amount"])} for each in row["discount_allocations"]],
        "taxLines": [{"priceSet": bag(each["price"])} for each in row["tax_lines"]],
    }


def as_node(order):
    """A recorded order in the words of the query."""
    return {
        "id": order["admin_graphql_api_id"],
        "name": order["name"],
        "createdAt": in_utc(order["created_at"]),
        "updatedAt": in_utc(order["updated_at"]),
        "cancelledAt": order["cancelled_at"] and in_utc(order["cancelled_at"]),
        "displayFinancialStatus": order["financial_status"].upper(),
        "test": order["test"],
        "currencyCode": order["currency"],
        "taxesIncluded": order["taxes_included"],
        "dutiesIncluded": False,
        "totalPriceSet": bag(order["total_price"]),
        "totalTaxSet": bag(order["total_tax"]),
        "totalDiscountsSet": bag(order["total_discounts"]),
        "totalTipReceivedSet": bag(order["total_tip_received"]),
        "originalTotalDutiesSet": None,
        "originalTotalAdditionalFeesSet": None,
        "lineItems": page([line_node(row) for row in order["line_items"]]),
        "shippingLines": page(
            [
                {"isRemoved": False, "originalPriceSet": bag(row["price"]), **discounts_and_taxes(row)}
                for row in order["shipping_lines"]
            ]
        ),
        "refunds": [refund_node(refund) for refund in order["refunds"]],
    }


def line_node(row):
    return {
        "id": row["admin_graphql_api_id"],
        "name": row["name"],
        "sku": row["sku"] or None,
        "quantity": row["quantity"],
        "product": {"id": f"gid://shopify/Product/{row['product_id']}"},
        "variant": {"id": f"gid://shopify/ProductVariant/{row['variant_id']}"},
        "originalUnitPriceSet": bag(row["price"]),
        **discounts_and_taxes(row),
    }


def refund_node(refund):
    return {
        "transactions": page(
            [
                {"kind": each["kind"].upper(), "status": each["status"].upper(), "amountSet": bag(each["amount"])}
                for each in refund["transactions"]
            ]
        ),
        "refundLineItems": page(
            [
                {
                    "quantity": each["quantity"],
                    "restockType": each["restock_type"].upper(),
                    "lineItem": {"id": each["line_item"]["admin_graphql_api_id"]},
                }
                for each in refund["refund_line_items"]
            ]
        ),
    }


def in_utc(moment):
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    "name",
    [
        "orders-create-paid-presentment-usd",
        "orders-create-taxes-included-aud",
        "orders-create-test-button",
        "orders-updated-refund-money-only",
        "orders-cancelled-full-refund",
        "orders-list-partial-refund",
    ],
)
def test_a_query_and_a_webhook_tell_the_same(name):
    payload = recorded(f"shopify/{name}")
    payload = payload.get("orders", [payload])[0]
    told = read_shopify(payload)
    assert read_shopify_node(as_node(payload), zone=told.created.tzinfo) == told


def test_the_shops_time_is_told():
    payload = recorded("shopify/orders-create-test-button")
    order = read_shopify_node(as_node(payload), zone=NEW_YORK)
    assert order == replace(read_shopify(payload), created=order.created)
    assert order.created.isoformat() == "2021-12-31T19:00:00-05:00"


def test_the_query_asks_for_what_is_read():
    fields = (ORDER_FIELDS, LINE_FIELDS, SHIPPING_FIELDS, REFUND_FIELDS, "lineItems shippingLines refunds")
    asked = set(re.findall(r"\w+", " ".join(fields)))
    node = as_node(recorded("shopify/orders-cancelled-full-refund"))

    def keys(value):
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    assert keys(node) - asked == {"presentmentMoney"}


@pytest.mark.parametrize("connection", ["lineItems", "shippingLines"])
def test_half_an_order_is_none(connection):
    node = as_node(recorded("shopify/orders-create-taxes-included-aud"))
    node[connection]["pageInfo"]["hasNextPage"] = True
    with pytest.raises(Unreadable, match=connection):
        read_shopify_node(node, zone=NEW_YORK)


def test_an_item_that_was_deleted_has_no_id():
    node = as_node(recorded("shopify/orders-create-taxes-included-aud"))
    node["lineItems"]["nodes"][0].update(product=None, variant=None)
    order = read_shopify_node(node, zone=NEW_YORK)
    assert ([(line.item_id, line.variant_id) for line in order.lines], codes(order)) == ([("", "")], [])
