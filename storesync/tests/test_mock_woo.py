"""The WooCommerce shop's stand-in against recorded bodies, and against what its documentation says."""

import base64
import hashlib
import hmac
import time
from urllib.parse import quote

import pytest

from storesync.mock.woo.access import KEY, SECRET
from storesync.mock.woo.shapes import php_json
from storesync.tests.recorded import recorded, recorded_bytes, unlike


def by_sku(woo, sku):
    return woo.api("GET", "products", params={"sku": sku}).json()[0]


# Who may call


def test_the_index_is_open_and_all_else_wants_keys(woo):
    assert "wc/v3" in woo.call("GET", "/wp-json").json()["namespaces"]
    assert woo.api("GET", "system_status").json()["settings"]["currency"] == "NGN"
    answer = woo.call("GET", "/wp-json/wc/v3/orders")
    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_cannot_view")
    wrong = woo.call("GET", "/wp-json/wc/v3/orders", auth=(KEY, "cs_wrong"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "woocommerce_rest_authentication_error")


def oauth(woo, *, secret=SECRET, nonce="n1", at=None, path="/wp-json/wc/v3/products", **more):
    """A call that is signed as RFC 5849 says."""
    query = {
        "oauth_consumer_key": KEY, "oauth_nonce": nonce, "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": str(int(at or time.time())), **more,
    }  # fmt: skip
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))
    base = f"GET&{quote(woo.base + path, safe='')}&{quote(text, safe='')}"
    digest = hmac.new(f"{secret}&".encode(), base.encode(), hashlib.sha256).digest()
    query["oauth_signature"] = base64.b64encode(digest).decode()
    return woo.call("GET", path, params=query)


def test_a_signature_will_do_once(woo):
    assert oauth(woo, sku="USB-C/Ö 1").json()[0]["sku"] == "USB-C/Ö 1"
    assert oauth(woo).status_code == 401
    assert oauth(woo, nonce="n2").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"secret": "cs_wrong"}, {"at": 1}, {"oauth_consumer_key": "x"}, {"oauth_signature_method": "PLAINTEXT"}]
)
def test_a_wrong_signature_will_not(woo, wrong):
    assert oauth(woo, **wrong).json()["code"] == "woocommerce_rest_authentication_error"


def test_what_is_nowhere_has_no_route(woo):
    assert woo.api("GET", "coupons").json()["code"] == "rest_no_route"


# Products


def test_products_have_the_recorded_form(woo):
    theirs = recorded("woocommerce/products-page.json")
    rows = {row["type"]: row for row in woo.api("GET", "products", params={"per_page": 100}).json()}
    for kind in ("simple", "variable"):
        sample = next(row for row in theirs if row["type"] == kind)
        # A plugin's key.
        assert unlike({**rows[kind], "jetpack_publicize_connections": []}, sample) == []
    variations = woo.api("GET", f"products/{rows['variable']['id']}/variations").json()
    assert unlike(variations, recorded("woocommerce/product-variations.json")) == []


def test_products_come_in_pages(woo):
    first = woo.api("GET", "products", params={"per_page": 10})
    assert (first.headers["X-WP-Total"], first.headers["X-WP-TotalPages"], len(first.json())) == ("26", "3", 10)
    assert 'rel="next"' in first.headers["Link"]
    seen = [
        row["id"]
        for page in (1, 2, 3)
        for row in woo.api("GET", "products", params={"per_page": 10, "page": page}).json()
    ]
    assert len(set(seen)) == 26
    assert woo.api("GET", "products", params={"page": 9}).json() == []


@pytest.mark.parametrize("query", [{"per_page": 101}, {"per_page": 0}, {"page": 0}, {"orderby": "luck"}])
def test_pages_have_their_limits(woo, query):
    answer = woo.api("GET", "products", params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "rest_invalid_param")


def test_fields_can_be_cut(woo):
    rows = woo.api("GET", "products", params={"_fields": "id,sku,stock_quantity"}).json()
    assert set(rows[0]) == {"id", "sku", "stock_quantity"}


def test_what_is_not_counted_has_no_figure(woo):
    rows = {sku: by_sku(woo, sku) for sku in ("SETUP", "KIT-PHONE", "LAPTOP-15", "SHIRT-S")}
    assert [(row["manage_stock"], row["stock_quantity"]) for row in rows.values()] == [
        (False, None), (False, None), (True, 1), (True, 8),
    ]  # fmt: skip


def test_a_batch_answers_each_for_itself(woo):
    phone, setup, shirt = (by_sku(woo, sku) for sku in ("PHONE-A", "SETUP", "SHIRT-S"))
    update = [
        {"id": phone["id"], "stock_quantity": 4, "regular_price": "260000.00"},
        {"id": setup["id"], "stock_quantity": 4}, {"id": shirt["id"], "stock_quantity": 4},
        {"id": 9999, "stock_quantity": 4},
        {"id": phone["id"], "stock_quantity": "many"},
    ]  # fmt: skip
    answer = woo.api("POST", "products/batch", json={"update": update})
    rows = answer.json()["update"]
    assert (answer.status_code, rows[0]["stock_quantity"], rows[0]["price"]) == (200, 4, "260000.00")
    assert rows[1]["stock_quantity"] is None
    codes = [row["error"]["code"] for row in rows[2:]]
    assert codes == [
        "woocommerce_rest_invalid_product_id", "woocommerce_rest_product_invalid_id", "rest_invalid_param",
    ]  # fmt: skip
    assert woo.state()["stock"]["PHONE-A"] == 4
    many = woo.api("POST", "products/batch", json={"update": update[:1] * 101})
    assert (many.status_code, many.json()["code"]) == (413, "woocommerce_rest_request_entity_too_large")


def test_variations_are_set_by_their_parent(woo):
    rows = woo.api("GET", "products", params={"type": "variable"}).json()
    parent = next(row for row in rows if row["name"] == "Work shirt")
    update = [{"id": parent["variations"][0], "stock_quantity": 2}, {"id": 9999, "stock_quantity": 2}]
    rows = woo.api("POST", f"products/{parent['id']}/variations/batch", json={"update": update}).json()["update"]
    assert (rows[0]["sku"], rows[0]["stock_quantity"]) == ("SHIRT-S", 2)
    assert rows[1]["error"]["code"] == "woocommerce_rest_product_variation_invalid_id"


def test_a_product_is_made_unless_its_sku_is_there(woo):
    body = {"name": "New", "sku": "NEW-1", "regular_price": "5.00", "manage_stock": True, "stock_quantity": 3}
    made = woo.api("POST", "products", json=body)
    assert (made.status_code, made.json()["stock_quantity"], made.json()["price"]) == (201, 3, "5.00")
    assert woo.api("POST", "products", json=body).json()["code"] == "product_invalid_sku"
    again = woo.api("POST", "products/batch", json={"create": [body, {**body, "sku": "NEW-2"}]}).json()["create"]
    assert (again[0]["error"]["code"], again[1]["sku"]) == ("product_invalid_sku", "NEW-2")


# Orders


def test_orders_and_refunds_have_the_recorded_form(woo):
    order = woo.sell(("PHONE-A", 2), "SHIRT-S", shipping="1500", discount="100.01")
    woo.change(order, "refund", lines=[{"sku": "PHONE-A"}], reason="broken")
    ours = woo.api("GET", f"orders/{order['id']}").json()
    theirs = recorded("woocommerce/order-560-four-refunds.json")
    theirs["_links"].pop("customer")  # nobody was signed in
    assert unlike(ours, theirs) == []
    refunds = woo.api("GET", f"orders/{order['id']}/refunds").json()
    assert unlike(refunds, recorded("woocommerce/order-560-refunds.json")) == []
    line = refunds[0]["line_items"][0]
    assert (line["quantity"], line["meta_data"][0]["value"]) == (-1, str(order["line_items"][0]["id"]))
    assert ours["refunds"] == [{"id": refunds[0]["id"], "reason": "broken", "total": f"-{refunds[0]['amount']}"}]
    assert ours["status"] == "processing"


def test_sums_of_an_order_add_up(woo):
    order = woo.sell(("MOUSE-1", 3), "SHIRT-S", shipping="1500", discount="100.01")
    lines = order["line_items"]
    assert [line["subtotal"] for line in lines] == ["37500.00", "15000.00"]
    assert sum(float(line["total"]) for line in lines) == pytest.approx(52500 - 100.01)
    assert (order["total"], order["discount_total"], lines[1]["product_id"] != lines[1]["variation_id"] != 0) == (
        "53899.99", "100.01", True,
    )  # fmt: skip


def test_orders_are_found_by_the_time_of_their_change_on_the_site_s_clock(woo):
    old = woo.sell("PHONE-A")
    woo.fail("clock", seconds=30)
    new = woo.sell("PHONE-A")

    def found(**query):
        rows = woo.api("GET", "orders", params={"orderby": "modified", "order": "asc", **query}).json()
        return [row["id"] for row in rows]

    assert found() == [old["id"], new["id"]]
    assert found(modified_after=old["date_modified_gmt"], dates_are_gmt="true") == [new["id"]]
    assert found(modified_after=old["date_modified"]) == [new["id"]]
    assert found(modified_after=old["date_modified_gmt"]) == [old["id"], new["id"]]
    assert found(status="cancelled,refunded") == []
    assert woo.api("GET", "orders", params={"modified_after": "yesterday"}).status_code == 400
    assert woo.api("GET", "orders/9999").json()["code"] == "woocommerce_rest_shop_order_invalid_id"


def test_an_order_takes_stock_once_it_is_placed_and_gives_it_back(woo):
    def stock():
        return woo.state()["stock"]["PHONE-A"]

    pending = woo.sell(("PHONE-A", 2), paid=False, status="pending")
    assert (stock(), pending["date_paid"]) == (20, None)
    assert woo.change(pending, "pay")["date_paid"] is not None
    assert stock() == 18
    woo.sell(("PHONE-A", 1), paid=False)
    assert stock() == 17
    assert woo.change(pending, "cancel")["status"] == "cancelled"
    assert stock() == 19
    woo.sell("KIT-PHONE")
    assert stock() == 18


def test_refunds_may_leave_the_goods_or_the_money(woo):
    order = woo.sell(("PHONE-A", 3))
    woo.change(order, "refund", lines=[{"sku": "PHONE-A"}], restock=False)
    assert woo.state()["stock"]["PHONE-A"] == 17
    woo.change(order, "refund", lines=[], amount="100.00")
    too_many = {"lines": [{"sku": "PHONE-A", "quantity": 3}]}
    assert woo.call("POST", f"/mock/orders/{order['id']}/refund", json=too_many).status_code == 400
    done = woo.change(order, "refund")
    assert (done["status"], [each["total"] for each in done["refunds"]]) == (
        "refunded", ["-499900.00", "-100.00", "-250000.00"],
    )  # fmt: skip
    assert woo.state()["stock"]["PHONE-A"] == 19


# Bytes


def test_answers_are_written_as_php_writes_them(woo):
    raw = woo.api("GET", "products", params={"sku": "USB-C/Ö 1"}).content
    assert b'"sku":"USB-C\\/\\u00d6 1"' in raw
    assert b"\\u20ac" in raw


@pytest.mark.parametrize("name", ["order-702-gst.raw.json", "order-12345-escapes.raw.json"])
def test_php_s_json_is_the_recorded_one_to_the_byte(name):
    raw = recorded_bytes(f"woocommerce/{name}")
    assert php_json(recorded(f"woocommerce/{name}")) == raw
