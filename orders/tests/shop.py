"""What customers, staff and the gateway do with orders, in one line each."""

import itertools
import json
from decimal import Decimal

import stripe

from accounts.tests.factories import AddressFactory, ManagerFactory, UserFactory
from catalog.tests.factories import ProductFactory
from core.testing.client import ApiClient, client_of
from orders.models import Order, ShippingMethod, TaxRate
from orders.placing import place_order
from orders.refunds.refunding import Wanted, refund_order
from payments.gateways.sandbox.client import as_stripe_object, webhook_secret
from payments.inbox import handle_event
from payments.models import SandboxIntent, WebhookEvent

GOOD, DECLINED, AUTHENTICATE = "4242424242424242", "4000000000000002", "4000002500003155"


def make_order(*, user=None, product=None, quantity=1, **product_fields) -> Order:
    """A pending order over one product, which holds its stock."""
    user = user or UserFactory()
    product = product or ProductFactory(**product_fields)
    address = user.addresses.first() or AddressFactory(user=user)
    items = [{"product_id": product.pk, "quantity": quantity}]
    return place_order(user=user, items=items, shipping_address_id=address.pk)


def order_body(user, *products, quantity=1, **more):
    """A body for POST /orders over these products, or over a new one."""
    address = user.addresses.first() or AddressFactory(user=user)
    items = [{"product_id": product.pk, "quantity": quantity} for product in products or [ProductFactory()]]
    return {"items": items, "shipping_address_id": address.pk, "billing_address_id": address.pk, **more}


def intent_of(api, order):
    """The id of the order's payment intent."""
    answer = api.post(f"orders/{order.pk}/payment-intent")
    assert answer.status_code == 200, answer.content
    return answer.json()["payment_intent_id"]


def try_card(api, intent, card=GOOD, **more):
    """What the browser does with the sandbox; the status of the try."""
    answer = api.post(f"payments/sandbox/{intent}/pay", {"card": card, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()["status"]


def confirm(api, intent):
    """The browser tells that it has paid; the answer."""
    return api.post(f"payments/{intent}/confirm")


def paid_order(**fields):
    """An order that was paid by card and confirmed."""
    order = make_order(**fields)
    pay(order)
    return order


def pay(order):
    """Pay and confirm; the intent's id."""
    api = client_of(order.user)
    intent = intent_of(api, order)
    assert try_card(api, intent) == "succeeded"
    assert confirm(api, intent).status_code == 200
    order.refresh_from_db()
    return intent


def run_worker():
    """The worker's turn: act on each event that waits, oldest first."""
    for event in WebhookEvent.objects.filter(status="received").order_by("pk"):
        handle_event.func(event.pk)


def books_agree(order):
    """Whether our payments say what the sandbox says: paid and refunded to the cent."""
    ours = {
        payment.intent_id: (payment.is_settled and payment.amount, payment.refunded_amount)
        for payment in order.payments()
    }
    theirs = {
        intent.intent_id: (intent.status == "succeeded" and intent.amount, intent.refunded)
        for intent in SandboxIntent.objects.filter(intent_id__in=list(ours))
    }
    assert ours == theirs
    return True


NUMBERS = itertools.count(1)


def event(intent_id, kind="payment_intent.succeeded", *, event_id=None, **changes):
    """An event about the intent as the sandbox has it now, with some of its values changed."""
    data = {**as_stripe_object(SandboxIntent.objects.get(intent_id=intent_id)), **changes}
    return {"id": event_id or f"evt_{next(NUMBERS)}", "type": kind, "data": {"object": data}}


def raw(body):
    """The bytes of a body."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def sign(payload, *, secret=None, timestamp=None):
    """Stripe's signature header for these bytes."""
    return stripe.WebhookSignature.generate_signature_header(
        payload.decode(), secret or webhook_secret(), timestamp=timestamp
    )


def deliver(body, *, signature=None, path="/api/payments/webhook"):
    """Post an event as the gateway would; a good signature unless another is given."""
    payload = raw(body)
    header = sign(payload) if signature is None else signature
    headers = {"HTTP_STRIPE_SIGNATURE": header} if header else {}
    return ApiClient().generic("POST", path, payload, content_type="application/json", **headers)


TEN, SIX = Decimal("10.00"), Decimal("6.00")


def bought(*goods, percent="8.25", shipping="12.00", paid=True, products=()):
    """An order over these (price, quantity), taxed and shipped at these rates, and paid."""
    ShippingMethod.objects.update_or_create(
        code="standard", defaults={"name": "Standard", "price": Decimal(shipping)}
    )
    TaxRate.objects.update_or_create(country="US", state="", defaults={"percent": Decimal(percent)})
    address = AddressFactory(user=UserFactory(), state="")
    made = [ProductFactory(price=Decimal(price), inventory_count=quantity) for price, quantity in goods]
    items = [
        {"product_id": product.pk, "quantity": quantity} for product, (_, quantity) in zip(made, goods, strict=True)
    ]
    items += [{"product_id": product.pk, "quantity": quantity} for product, quantity in products]
    order = place_order(user=address.user, items=items, shipping_address_id=address.pk)
    if paid:
        pay(order)
    return order


def give_back(order, quantities=None, *, reason="Scratched", by=None, key=None, **wanted):
    """Staff refund pieces (by the place of their line), the shipping, or an amount; what went back."""
    lines = list(order.lines.order_by("pk"))
    chosen = {lines[place].pk: quantity for place, quantity in (quantities or {}).items()}
    by = by or ManagerFactory()
    made = refund_order(order=order, wanted=Wanted(chosen, **wanted), reason=reason, by=by, key=key)
    return sum(refund.amount for refund in made)


def stands(order):
    """Where the order's money stands: its status, and what was kept of its counted payments."""
    order = Order.objects.get(pk=order.pk)
    kept = sum(payment.amount - payment.refunded_amount for payment in order.counted_payments())
    return order.payment_status, kept


def in_stock(order):
    """What is on the shelf of each of its products, in the order of its lines."""
    return [line.product.inventory_count for line in order.lines.select_related("product").order_by("pk")]
