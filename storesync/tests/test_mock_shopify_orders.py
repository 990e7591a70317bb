"""Orders and bulk queries of the Shopify shop's stand-in, against recorded orders."""

import json
import time
from urllib.parse import urlsplit

import pytest

from storesync.tests.recorded import recorded, unlike

ORDERS = """
query($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    edges { cursor node {
      id legacyResourceId name updatedAt cancelledAt displayFinancialStatus currencyCode
      totalPriceSet { shopMoney { amount currencyCode } }
      currentTotalPriceSet { shopMoney { amount } }
      lineItems(first: 10) { nodes { id sku quantity currentQuantity originalUnitPriceSet { shopMoney { amount } } variant { id product { title } } } }
      shippingLines(first: 2) { nodes { originalPriceSet { shopMoney { amount } } } }
      refunds(first: 5) {
        id totalRefundedSet { shopMoney { amount } }
        refundLineItems(first: 10) { nodes { quantity restockType lineItem { id sku } location { id } subtotalSet { shopMoney { amount } } } }
        orderAdjustments(first: 2) { nodes { amountSet { shopMoney { amount } } } }
      }
    } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""  # noqa: E501


def test_orders_come_by_the_time_of_their_last_change(shopify):
    first, second = shopify.sell("PHONE-A"), shopify.sell(("MOUSE-1", 2), shipping="1500", discount="1000")
    shopify.fail("clock", seconds=60)
    shopify.change(first, "refund", lines=[{"sku": "PHONE-A"}])
    page = shopify.ask(ORDERS, first=1)["data"]["orders"]
    assert page["edges"][0]["node"]["legacyResourceId"] == str(second["id"])
    assert page["edges"][0]["node"]["totalPriceSet"]["shopMoney"] == {"amount": "25500.00", "currencyCode": "NGN"}
    assert page["pageInfo"]["hasNextPage"]
    after = page["pageInfo"]["endCursor"]
    rest = shopify.ask(ORDERS, first=2, after=after)["data"]["orders"]
    node = rest["edges"][0]["node"]
    assert (node["displayFinancialStatus"], node["lineItems"]["nodes"][0]["currentQuantity"]) == ("REFUNDED", 0)
    assert node["refunds"][0]["refundLineItems"]["nodes"][0]["restockType"] == "RETURN"
    assert not rest["pageInfo"]["hasNextPage"]
    since = shopify.ask(ORDERS, first=2, query=f"updated_at:>'{second['updated_at']}'")["data"]["orders"]["edges"]
    assert [edge["node"]["name"] for edge in since] == [first["name"]]


def test_an_order_has_the_recorded_form(shopify):
    order = shopify.sell("PHONE-A", ("MOUSE-1", 2), shipping="1500", discount="1000")
    order = shopify.change(order, "refund", lines=[{"sku": "MOUSE-1"}])
    theirs = recorded("shopify/orders-list-partial-refund.json")["orders"][0]
    differences = unlike(order, theirs)
    # Consents, codes and the parcel, which nothing here makes.
    assert [each for each in differences if "consent" not in each and "default_address" not in each] == []


def test_sums_of_an_order_add_up(shopify):
    order = shopify.sell(("MOUSE-1", 3), "PHONE-B", shipping="1500", discount="1000.01")
    assert (order["total_line_items_price"], order["total_discounts"]) == ("447500.00", "1000.01")
    assert (order["total_price"], order["total_outstanding"]) == ("447999.99", "0.00")
    shares = [line["discount_allocations"][0]["amount"] for line in order["line_items"]]
    assert shares == ["83.80", "916.21"]


def test_an_order_takes_stock_and_a_cancelled_one_gives_it_back(shopify):
    order = shopify.sell(("PHONE-A", 2), "KIT-PHONE", paid=False)
    assert (order["financial_status"], shopify.state()["stock"]["PHONE-A"]) == ("pending", 15)
    assert shopify.change(order, "pay")["financial_status"] == "paid"
    cancelled = shopify.change(order, "cancel")
    assert (cancelled["financial_status"], bool(cancelled["cancelled_at"])) == ("refunded", True)
    assert [line["restock_type"] for line in cancelled["refunds"][0]["refund_line_items"]] == ["cancel", "cancel"]
    assert shopify.state()["stock"]["PHONE-A"] == 18


def test_refunds_may_leave_the_goods_or_the_money(shopify):
    order = shopify.sell(("PHONE-A", 3))
    kept = shopify.change(order, "refund", lines=[{"sku": "PHONE-A", "quantity": 1}], restock=False)
    assert (kept["refunds"][0]["refund_line_items"][0]["restock_type"], kept["financial_status"]) == (
        "no_restock", "partially_refunded",
    )  # fmt: skip
    assert shopify.state()["stock"]["PHONE-A"] == 15
    money = shopify.change(order, "refund", lines=[], amount="100.00")
    assert (money["refunds"][1]["refund_line_items"], money["refunds"][1]["order_adjustments"][0]["amount"]) == (
        [], "-100.00",
    )  # fmt: skip
    assert money["current_total_price"] == "499900.00"
    too_many = {"lines": [{"sku": "PHONE-A", "quantity": 3}]}
    assert shopify.call("POST", f"/mock/orders/{order['id']}/refund", json=too_many).status_code == 400


# Bulk queries


RUN = """
mutation($query: String!) {
  bulkOperationRunQuery(query: $query) { bulkOperation { id status url } userErrors { field message } }
}"""
POLL = """
query($id: ID!) {
  bulkOperation(id: $id) { status url objectCount rootObjectCount }
  currentBulkOperation { id }
}"""


def bulk(shopify, query):
    """The lines of its file, and what the operation told in the end."""
    begun = shopify.ask(RUN, query=query)["data"]["bulkOperationRunQuery"]["bulkOperation"]
    assert (begun["status"], begun["url"]) == ("CREATED", None)
    for _ in range(200):
        answer = shopify.ask(POLL, id=begun["id"])["data"]
        if answer["bulkOperation"]["status"] != "CREATED":
            break
        time.sleep(0.05)
    assert answer["currentBulkOperation"] == {"id": begun["id"]}
    file = shopify.call("GET", urlsplit(answer["bulkOperation"]["url"]).path)
    return [json.loads(line) for line in file.text.splitlines()], answer["bulkOperation"]


def test_a_bulk_query_writes_a_line_for_each_node(shopify):
    query = "{ products { edges { node { id title variants { edges { node { id sku } } } } } } }"
    lines, done = bulk(shopify, query)
    assert (done["status"], done["objectCount"], len(lines)) == ("COMPLETED", "58", 58)
    assert "__parentId" not in lines[0]
    assert lines[1]["__parentId"] == lines[0]["id"]
    assert done["rootObjectCount"] == str(sum("title" in line for line in lines))


def test_a_connection_below_an_object_belongs_to_the_node_around_it(shopify):
    query = """{ productVariants { edges { node { id sku inventoryItem {
        id inventoryLevels { edges { node { id quantities(names: ["available"]) { quantity } } } } } } } } }"""
    lines, _ = bulk(shopify, query)
    assert set(lines[0]["inventoryItem"]) == {"id"}
    assert (lines[1]["__parentId"], lines[1]["quantities"]) == (lines[0]["id"], [{"quantity": 18}])


@pytest.mark.parametrize("query", ["{ products { edges { node { nickname } } } }", "{ shop { id } }", "{"])
def test_what_is_no_bulk_query_is_a_user_error(shopify, query):
    refused = shopify.ask(RUN, query=query)["data"]["bulkOperationRunQuery"]
    assert (refused["bulkOperation"], refused["userErrors"][0]["field"]) == (None, ["query"])
