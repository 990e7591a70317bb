"""What hostile or careless clients send, and how to see that nothing came of it."""

import copy

from catalog.models import Product
from core.testing.contract import differences
from orders.models import Order, OrderStatusChange
from orders.tests import examples
from orders.tests.shop import order_body
from payments.models import Payment, Refund, SandboxIntent, WebhookEvent

WATCHED = (Order, OrderStatusChange, Payment, Refund, SandboxIntent, WebhookEvent, Product)
# Each is wrong wherever a number or a text of ours is wanted.
JUNK = [
    None, True, False, 0, -1, 1.0, 1.5, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, "", " ", "1", "one", "\x00",
    "a\x00b", "\u202e", [], [1], [[]], [None], {}, {"id": 1}, {"a": {"b": [1]}}, "x" * 5000,
]  # fmt: skip
RAW = {
    "1e400": b"1e400",
    "-1e400": b"-1e400",
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "a lone surrogate": b'"\\ud800"',
    "5000 digits": b"9" * 5000,
    "1e-400": b"1e-400",
    "-0": b"-0",
}
BODIES = {
    "a list": b"[]",
    "a list of bodies": b"[{}]",
    "a text": b'"x"',
    "a number": b"7",
    "null": b"null",
    "true": b"true",
    "half": b'{"items":',
    "two": b"{} {}",
    "invalid UTF-8": b'{"notes": "\xff\xfe"}',
    "UTF-16": '{"notes": "x"}'.encode("utf-16"),
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"items":' * 20_000 + b"1" + b"}" * 20_000,
    "a lone surrogate as key": b'{"\\udc00": 1}',
    "NUL": b"\x00",
    "NaN": b'{"items": NaN}',
    "XML": b"<order/>",
}


ENDPOINTS = {
    "place": ("POST", "orders", "customer"),
    "cancel": ("POST", "orders/{order}/cancel", "customer"),
    "status": ("PUT", "orders/{order}/status", "staff"),
    "intent": ("POST", "orders/{order}/payment-intent", "customer"),
    "confirm": ("POST", "payments/{intent}/confirm", "customer"),
    "pay": ("POST", "payments/sandbox/{intent}/pay", "customer"),
    "old create": ("POST", "payment/create-payment-intent", "customer"),
    "old confirm": ("POST", "payment/confirm-payment-intent", "customer"),
    "handler": ("POST", "/payment/stripe_handler.php", "customer"),
}


def snapshot():
    """Every watched row."""
    return {model: list(model.objects.order_by("pk").values()) for model in WATCHED}


def refused(answer, *statuses):
    """A refusal in the contract's shape."""
    assert answer.status_code in (statuses or (400,)), answer.content[:500]
    body = answer.json()
    assert differences(body, examples.ERROR) == []
    assert body["status"] == answer.status_code
    assert body["error"] == body["message"]
    return body


def good_body(name, shop):
    """A body that the endpoint takes."""
    return {
        "place": lambda: order_body(shop["order"].user, shop["order"].lines.get().product),
        "status": lambda: {"status": "processing"},
        "pay": lambda: {"card": "4242424242424242"},
        "old confirm": lambda: {"payment_intent_id": shop["intent"]},
    }.get(name, dict)()


def send(name, shop, body):
    """One request."""
    method, path, who = ENDPOINTS[name]
    path = path.format(order=shop["order"].pk, intent=shop["intent"])
    return shop[who].generic(method, path, body)


def with_field(body, path, value):
    """The body with `value` at a path such as `items.0.quantity`."""
    changed = copy.deepcopy(body)
    *parents, last = path.split(".")
    place = changed
    for step in parents:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[int(last) if isinstance(place, list) else last] = value
    return changed
