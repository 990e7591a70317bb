"""Kill -9 of web or worker at each step between intent, gateway and commit: nothing is lost or paid twice.

After each death the shop is started again: the sweeps run, and `reconcile_payments`.
"""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from core.testing.kills import kill_at, start_again
from orders.fulfilment import write_cancellation
from orders.models import Order, ShippingMethod
from orders.tests.shop import books_agree, client_of, confirm, deliver, event, intent_of, make_order, paid_order
from payments import inbox
from payments.gateways.sandbox import client as sandbox
from payments.models import Payment, Refund, SandboxIntent, SandboxMovement, WebhookEvent
from payments.refunds.services import send_refund_task
from rentals.tests import shop as rent_shop
from rentals.tests.factories import make_rental
from rentals.tests.shop import fresh

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

GATEWAY = "payments.gateways.sandbox.client.SandboxGateway"
SETTLING = [
    (f"{GATEWAY}.retrieve_intent", "before"),
    (f"{GATEWAY}.retrieve_intent", "after"),
    ("payments.services.apply_intent", "before"),
    ("payments.services.send_signal", "before"),
    ("payments.services.send_signal", "after"),  # all is written, nothing is committed
    ("payments.services.apply_intent", "after"),
]
ASKING = [
    ("payments.services.open_payment", "after"),
    ("payments.services.ensure_intent", "before"),
    (f"{GATEWAY}.create_intent", "before"),
    (f"{GATEWAY}.create_intent", "after"),
    ("payments.services.ensure_intent", "after"),
]
RECEIVING = [("payments.inbox.receiving.store", "before"), ("payments.inbox.receiving.store", "after")]
HANDLING = [
    ("payments.models.WebhookEvent.claim", "before"),
    ("payments.models.WebhookEvent.claim", "after"),
    ("payments.services.send_signal", "after"),
    ("payments.services.apply_intent", "after"),
    ("payments.models.WebhookEvent.conclude", "before"),
    ("payments.models.WebhookEvent.conclude", "after"),
]
REFUNDING = [
    (f"{GATEWAY}.refund", "before"),
    (f"{GATEWAY}.refund", "after"),
    ("payments.refunds.services.settle_refund", "before"),
    ("payments.refunds.services.settle_refund", "after"),
]
CANCELLING = [
    ("orders.fulfilment.write_cancellation", "before"),
    ("payments.refunds.services.request_full_refund", "after"),  # written, not committed
    ("orders.fulfilment.write_cancellation", "after"),
    *REFUNDING,
]


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def paid_at_the_gateway(intent):
    return sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)


def is_paid_once(order):
    """One intent, one charge, one settled payment, one step in the history."""
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("processing", "paid")
    assert list(order.status_history.values_list("status", flat=True)) == ["processing", "pending"]
    assert SandboxIntent.objects.count() == Payment.objects.count() == 1
    assert list(SandboxMovement.objects.values_list("kind", flat=True)) == ["charge"]
    return books_agree(order)


@pytest.mark.parametrize(("step", "when"), ASKING)
def test_asking_for_the_orders_intent(step, when):
    order = make_order()
    kill_at(step, when, lambda: intent_of(client_of(order.user), order))
    start_again()
    intent = intent_of(client_of(order.user), order)
    paid_at_the_gateway(intent)
    assert confirm(client_of(order.user), intent).status_code == 200
    assert is_paid_once(order)


@pytest.mark.parametrize(("step", "when"), SETTLING)
def test_confirming_the_orders_payment(step, when):
    order = make_order()
    intent = intent_of(client_of(order.user), order)
    paid_at_the_gateway(intent)
    kill_at(step, when, lambda: confirm(client_of(order.user), intent))
    start_again()
    assert is_paid_once(order)
    assert confirm(client_of(order.user), intent).status_code == 200
    assert is_paid_once(order)


@pytest.mark.parametrize(("step", "when"), RECEIVING)
def test_receiving_the_webhook(step, when):
    order = make_order()
    intent = intent_of(client_of(order.user), order)
    paid_at_the_gateway(intent)
    told = event(intent)
    kill_at(step, when, lambda: deliver(told))
    assert WebhookEvent.objects.count() == (when == "after")
    assert deliver(told).status_code == 200  # nobody answered, so the gateway sends it again
    assert WebhookEvent.objects.count() == 1
    start_again()
    assert WebhookEvent.objects.get().status == "handled"
    assert is_paid_once(order)


@pytest.mark.parametrize("help_comes", ["sweep", "reconcile"])
@pytest.mark.parametrize(("step", "when"), HANDLING)
def test_acting_on_the_webhook(step, when, help_comes):
    order = make_order()
    intent = intent_of(client_of(order.user), order)
    paid_at_the_gateway(intent)
    deliver(event(intent))
    kept = WebhookEvent.objects.get()
    kill_at(step, when, lambda: inbox.handle_event.func(kept.pk))
    if help_comes == "sweep":
        with time_machine.travel(timezone.now() + timedelta(minutes=5)):
            call_command("handle_webhooks", verbosity=0)
    else:
        call_command("reconcile_payments", verbosity=0)
    assert is_paid_once(order)
    start_again()
    assert WebhookEvent.objects.get().status == "handled"
    assert is_paid_once(order)


REPORTING = [
    *SETTLING,
    ("rentals.money.settling.mark_paid", "after"),
    ("rentals.money.claims.report", "before"),
    ("rentals.money.claims.report", "after"),
]


@pytest.mark.parametrize(("step", "when"), REPORTING)
def test_make_payment_of_a_rental(step, when):
    rental = make_rental(signed=True)
    api = client_of(rental.user)
    intent = rent_shop.intent_of(api, rental)
    paid_at_the_gateway(intent)
    body = {"transaction_id": intent}
    kill_at(step, when, lambda: api.post(f"rentals/{rental.pk}/make-payment", body))
    start_again()
    assert fresh(rental).payments_made == 1
    answer = client_of(rental.user).post(f"rentals/{rental.pk}/make-payment", body)
    named_before = (step, when) == ("rentals.money.claims.report", "after")
    assert answer.status_code == (400 if named_before else 200), answer.content
    assert fresh(rental).payments_made == 1
    assert rental.installments.filter(state="paid").count() == 1
    assert list(SandboxMovement.objects.values_list("kind", flat=True)) == ["charge"]
    assert rent_shop.books_agree(rental)


def is_given_back_once(order):
    """The whole amount, once, here and there."""
    order = Order.objects.get(pk=order.pk)
    assert (order.status, order.payment_status) == ("cancelled", "refunded")
    assert order.status_history.filter(status="cancelled").count() == 1
    assert Refund.objects.get().status == "succeeded"
    assert SandboxMovement.objects.filter(kind="refund").count() == 1
    assert order.lines.get().product.inventory_count == 5
    return books_agree(order)


@pytest.mark.parametrize(("step", "when"), CANCELLING)
def test_cancelling_a_paid_order(step, when):
    order = paid_order()
    kill_at(step, when, lambda: client_of(order.user).post(f"orders/{order.pk}/cancel"))
    start_again()
    committed = (step, when) not in CANCELLING[:2]
    answer = client_of(order.user).post(f"orders/{order.pk}/cancel")
    assert answer.status_code == (400 if committed else 200), answer.content
    start_again()
    assert is_given_back_once(order)


@pytest.mark.parametrize("forgotten", [False, True])
@pytest.mark.parametrize(("step", "when"), REFUNDING)
def test_the_worker_that_sends_a_refund(step, when, forgotten):
    """Also when no one came for more than a day, and the gateway has forgotten the key."""
    order = paid_order()
    (refund,) = write_cancellation(order=order, by=None, note="")
    kill_at(step, when, lambda: send_refund_task.func(refund.pk))
    if forgotten:
        Refund.objects.update(created_at=timezone.now() - timedelta(days=2))
        SandboxIntent.objects.update(refund_ids={}, refunded=0)
        call_command("settle_refunds", verbosity=0)
        SandboxIntent.objects.update(refunded=order.total)
    start_again()
    assert is_given_back_once(order)


LATE = [("payments.receivers.return_money", "before"), ("payments.receivers.return_money", "after"), *SETTLING[2:]]


@pytest.mark.parametrize(("step", "when"), LATE)
def test_money_for_a_cancelled_order(step, when, monkeypatch):
    order = make_order()
    intent = intent_of(client_of(order.user), order)
    with monkeypatch.context() as away:
        away.setattr("orders.models.Order.close_intents", lambda order: None)
        assert client_of(order.user).post(f"orders/{order.pk}/cancel").status_code == 200
    paid_at_the_gateway(intent)
    kill_at(step, when, lambda: confirm(client_of(order.user), intent))
    start_again()
    assert SandboxMovement.objects.filter(kind="refund").count() == 1
    assert Refund.objects.get().amount == order.total
    assert books_agree(order)
