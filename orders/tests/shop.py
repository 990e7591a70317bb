"""What a customer does, in one line each, for the tests."""

from accounts.tests.factories import AddressFactory
from catalog.tests.factories import ProductFactory
from core.testing.client import ApiClient
from orders.tests.factories import make_order
from payments.inbox import handle_event
from payments.models import SandboxIntent, WebhookEvent

GOOD, DECLINED, AUTHENTICATE = "4242424242424242", "4000000000000002", "4000002500003155"


def client_of(user):
    """A client that is signed in."""
    return ApiClient().login_as(user)


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
