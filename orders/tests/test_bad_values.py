"""Whatever a field holds: a 4xx in the contract's shape, and nothing has changed."""

import json

import pytest

from orders.tests.bad import JUNK, RAW, good_body, refused, send, snapshot, with_field

pytestmark = pytest.mark.django_db

FIELDS = [
    ("place", "items"),
    ("place", "shipping_address_id"),
    ("place", "billing_address_id"),
    ("place", "shipping_method"),
    ("place", "notes"),
    ("place", "items.0"),
    ("place", "items.0.product_id"),
    ("place", "items.0.quantity"),
    ("cancel", "notes"),
    ("status", "status"),
    ("status", "notes"),
    ("status", "tracking_number"),
    ("status", "carrier"),
    ("pay", "card"),
    ("pay", "authenticate"),
    ("old create", "order_id"),
    ("old create", "rental_id"),
    ("old confirm", "payment_intent_id"),
    ("handler", "action"),
]
# What is junk elsewhere and right here.
WELCOME = {
    "place.billing_address_id": [None],
    "place.notes": [None, "", " ", "1", "one", "\u202e"],
    "cancel.notes": ["", " ", "1", "one", "\u202e"],
    "status.notes": ["", " ", "1", "one", "\u202e"],
    "status.tracking_number": ["", " ", "1", "one", "\u202e"],
    "status.carrier": ["", " ", "1", "one", "\u202e"],
    "pay.authenticate": [True, False],
}


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_any_value_in_any_field(shop, name, field):
    good = good_body(name, shop)
    welcome = [repr(value) for value in WELCOME.get(f"{name}.{field}", [])]
    before = snapshot()
    for value in JUNK:
        if repr(value) in welcome:
            continue
        answer = send(name, shop, with_field(good, field, value))
        refused(answer, 400, 404)
        assert answer.status_code == 400 or type(value) is int or field == "payment_intent_id", (
            value,
            answer.content,
        )
        assert snapshot() == before, value


@pytest.mark.parametrize("field", ["tracking_number", "carrier"])
def test_what_stands_on_a_parcel_is_one_line(shop, field):
    before = snapshot()
    body = with_field(good_body("status", shop), field, "1\r\nBcc: eve@example.com")
    refused(send("status", shop, body), 400)
    assert snapshot() == before


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_numbers_and_texts_that_json_hardly_has(shop, name, field):
    before = snapshot()
    good = json.dumps(with_field(good_body(name, shop), field, "@@")).encode()
    for raw in RAW.values():
        refused(send(name, shop, good.replace(b'"@@"', raw)))
        assert snapshot() == before, raw[:20]
