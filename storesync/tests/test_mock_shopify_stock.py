"""Stock, products and prices of the Shopify shop's stand-in, as the Admin API's documentation has them."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from storesync.mock.shopify.mutations import Mutations

SET = """
mutation($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id reason changes { name delta quantityAfterChange } }
    userErrors { field message code }
  }
}"""


@pytest.fixture
def put(shopify):
    """Sets quantities; pairs of SKU and (from, to)."""

    def send(key="key-1", reason="correction", name="available", **pairs):
        rows = shopify.variants()
        quantities = [
            {
                "inventoryItemId": rows[sku.replace("_", "-")]["inventoryItem"]["id"],
                "locationId": "gid://shopify/Location/61001", "quantity": quantity, "changeFromQuantity": before,
            }
            for sku, (before, quantity) in pairs.items()
        ]  # fmt: skip
        body = {"name": name, "reason": reason, "quantities": quantities}
        return shopify.ask(SET, key=key, input=body)["data"]["inventorySetQuantities"]

    return send


def available(row):
    return row["inventoryItem"]["inventoryLevels"]["nodes"][0]["quantities"][0]["quantity"]


def test_stock_is_set_where_it_is_what_the_caller_believes(shopify, put):
    answer = put(PHONE_A=(18, 20), PHONE_B=(None, 5))
    assert answer["userErrors"] == []
    assert [each["delta"] for each in answer["inventoryAdjustmentGroup"]["changes"]] == [2, -2]
    stock = shopify.state()["stock"]
    assert (stock["PHONE-A"], stock["PHONE-B"]) == (20, 5)


def test_one_stale_quantity_stops_all(shopify, put):
    shopify.sell("PHONE-A")
    answer = put(PHONE_B=(7, 5), PHONE_A=(18, 20))
    assert answer["inventoryAdjustmentGroup"] is None
    assert [(each["code"], each["field"]) for each in answer["userErrors"]] == [
        ("CHANGE_FROM_QUANTITY_STALE", ["input", "quantities", "1", "changeFromQuantity"])
    ]
    assert shopify.state()["stock"]["PHONE-B"] == 7


def test_of_many_who_believe_the_same_one_is_right(shopify, monkeypatch):
    item = shopify.variants()["PHONE-A"]["inventoryItem"]["id"]
    each = {"inventoryItemId": item, "locationId": "gid://shopify/Location/61001", "quantity": 20}
    body = {"name": "available", "reason": "correction", "quantities": [{**each, "changeFromQuantity": 18}]}
    write = Mutations.set_all

    def write_slowly(*args):
        time.sleep(0.05)
        return write(*args)

    def put(key):
        return shopify.ask(SET, key=key, input=body)["data"]["inventorySetQuantities"]["userErrors"]

    monkeypatch.setattr(Mutations, "set_all", write_slowly)
    with ThreadPoolExecutor(4) as pool:
        errors = list(pool.map(put, map(str, range(4))))
    assert sum(not each for each in errors) == 1


def test_the_same_key_answers_again_and_changes_nothing(shopify, put):
    first = put(PHONE_A=(18, 20))
    shopify.sell("PHONE-A")
    assert put(PHONE_A=(18, 20)) == first
    assert shopify.state()["stock"]["PHONE-A"] == 19
    assert put(PHONE_A=(19, 20))["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"


def test_on_hand_counts_what_is_committed(shopify, put):
    shopify.sell(("PHONE-A", 3))
    assert put(name="on_hand", PHONE_A=(18, 18))["inventoryAdjustmentGroup"]["changes"][0]["delta"] == 0
    assert shopify.state()["stock"]["PHONE-A"] == 15


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"PHONE_A": (18, -1)}, "INVALID_QUANTITY_NEGATIVE"),
        ({"PHONE_A": (18, 2_000_000_000)}, "INVALID_QUANTITY_TOO_HIGH"),
        ({"PHONE_A": (18, 1), "reason": "because"}, "INVALID_REASON"),
        ({"PHONE_A": (18, 1), "name": "reserved"}, "INVALID_NAME"),
    ],
)
def test_what_cannot_be_is_a_user_error(put, more, code):
    assert [each["code"] for each in put(**more)["userErrors"]] == [code]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"inventoryItemId": "gid://shopify/InventoryItem/1"}, "INVALID_INVENTORY_ITEM"),
        ({"locationId": "gid://shopify/Location/1"}, "INVALID_LOCATION"),
        ({"locationId": "gid://shopify/Location/61002"}, "ITEM_NOT_STOCKED_AT_LOCATION"),
    ],
)
def test_unknown_items_and_places_are_user_errors(shopify, change, code):
    item = shopify.variants()["PHONE-A"]["inventoryItem"]["id"]
    each = {"inventoryItemId": item, "locationId": "gid://shopify/Location/61001", "quantity": 1}
    quantity = {**each, "changeFromQuantity": None, **change}
    body = {"name": "available", "reason": "correction", "quantities": [quantity]}
    assert shopify.ask(SET, key="k", input=body)["data"]["inventorySetQuantities"]["userErrors"][0]["code"] == code


def test_the_directive_the_expectation_and_the_size_are_checked(shopify):
    item = shopify.variants()["PHONE-A"]["inventoryItem"]["id"]
    each = {"inventoryItemId": item, "locationId": "gid://shopify/Location/61001", "quantity": 1}
    body = {"name": "available", "reason": "correction", "quantities": [each]}
    assert "changeFromQuantity" in shopify.ask(SET, key="k", input=body)["errors"][0]["message"]
    bare = SET.replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
    assert "directive is required" in shopify.ask(bare, input=body)["errors"][0]["message"]
    many = {**body, "quantities": [{**each, "changeFromQuantity": None}] * 251}
    answer = shopify.ask(SET, key="k", input=many)["errors"][0]
    assert answer["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


# Products


def test_a_product_is_made(shopify):
    mutation = """mutation($input: ProductSetInput!) { productSet(input: $input, synchronous: true) {
        product { id title variants(first: 3) { nodes { sku price inventoryQuantity } } }
        userErrors { field message code } } }"""
    variant = {
        "optionValues": [{"optionName": "Title", "name": "Default Title"}], "sku": "NEW-1", "price": "12.50",
        "inventoryItem": {"tracked": True},
        "inventoryQuantities": [{"locationId": "gid://shopify/Location/61001", "name": "available", "quantity": 4}],
    }  # fmt: skip
    options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
    answer = shopify.ask(mutation, input={"title": "New", "productOptions": options, "variants": [variant]})
    made = answer["data"]["productSet"]["product"]
    assert made["variants"]["nodes"] == [{"sku": "NEW-1", "price": "12.50", "inventoryQuantity": 4}]
    assert available(shopify.variants()["NEW-1"]) == 4
    refused = shopify.ask(mutation, input={"title": " ", "variants": [variant]})["data"]["productSet"]
    assert (refused["product"], refused["userErrors"][0]["code"]) == (None, "BLANK")


def test_prices_are_set(shopify):
    mutation = """mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!) {
        productVariantsBulkUpdate(productId: $id, variants: $variants) {
            productVariants { sku price } userErrors { field message code } } }"""
    rows = shopify.ask("{ products(first: 100) { nodes { id title variants(first: 3) { nodes { id sku } } } } }")
    shirt = next(row for row in rows["data"]["products"]["nodes"] if row["title"] == "Work shirt")
    ids = [row["id"] for row in shirt["variants"]["nodes"]]
    prices = [{"id": gid, "price": "16000.00"} for gid in ids]
    answer = shopify.ask(mutation, id=shirt["id"], variants=prices)["data"]["productVariantsBulkUpdate"]
    assert {row["price"] for row in answer["productVariants"]} == {"16000.00"}
    wrong = [{"id": ids[0], "price": "-1"}, {"id": shopify.variants()["PHONE-A"]["id"], "price": "1"}]
    refused = shopify.ask(mutation, id=shirt["id"], variants=wrong)["data"]["productVariantsBulkUpdate"]
    codes = [each["code"] for each in refused["userErrors"]]
    assert codes == ["NEGATIVE_PRICE_VALUE", "PRODUCT_VARIANT_DOES_NOT_EXIST"]
    assert shopify.state()["prices"]["SHIRT-S"] == "16000.00"
