"""Money goes back once, to the cent, also when the gateway is away or the payment came too late."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from orders.fulfilment import expire_orders
from orders.tests.shop import (
    books_agree,
    client_of,
    confirm,
    deliver,
    event,
    intent_of,
    make_order,
    paid_order,
    run_worker,
    try_card,
)
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox.client import SandboxGateway
from payments.models import Payment, Refund, SandboxIntent, WebhookEvent
from payments.refunds import services as refunds

pytestmark = pytest.mark.django_db


def raising(error):
    """A call that raises `error`."""

    def call(*args, **kwargs):
        raise error

    return call


@pytest.fixture
def away(monkeypatch):
    """A gateway that does not answer, until `away.undo()`."""
    for call in ("create_intent", "retrieve_intent", "cancel_intent", "refund"):
        monkeypatch.setattr(SandboxGateway, call, raising(GatewayUnavailable()))
    return monkeypatch


def settle_refunds(capsys):
    """What the command says."""
    call_command("settle_refunds")
    return capsys.readouterr().out.strip()


def test_a_refund_waits_for_the_gateway(away, capsys):
    away.undo()
    order = paid_order()
    away.setattr(SandboxGateway, "refund", raising(GatewayUnavailable()))
    answer = client_of(order.user).post(f"orders/{order.pk}/cancel")
    assert answer.status_code == 200
    assert (answer.json()["order"]["status"], answer.json()["order"]["payment_status"]) == ("cancelled", "paid")
    assert Refund.objects.get().status == "pending"
    assert settle_refunds(capsys) == "refunds settled: 0, still waiting: 1"
    away.undo()
    assert settle_refunds(capsys) == "refunds settled: 1, still waiting: 0"
    assert settle_refunds(capsys) == "refunds settled: 0, still waiting: 0"
    order.refresh_from_db()
    assert order.payment_status == "refunded"
    assert books_agree(order)


def test_an_unreachable_gateway_is_a_503_and_nothing_is_lost(away):
    order = make_order()
    api = client_of(order.user)
    answer = api.post(f"orders/{order.pk}/payment-intent")
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    away.undo()
    intent = intent_of(api, order)
    assert Payment.objects.count() == SandboxIntent.objects.count() == 1
    try_card(api, intent)
    away.setattr(SandboxGateway, "retrieve_intent", raising(GatewayUnavailable()))
    assert confirm(api, intent).status_code == 503
    run_worker()
    order.refresh_from_db()
    assert order.payment_status == "paid"
    assert confirm(api, intent).status_code == 200


def test_cancelling_works_while_the_gateway_is_away(away):
    away.undo()
    order = make_order(quantity=2)
    intent_of(client_of(order.user), order)
    away.setattr(SandboxGateway, "cancel_intent", raising(GatewayUnavailable()))
    assert client_of(order.user).post(f"orders/{order.pk}/cancel").status_code == 200
    assert order.lines.get().product.inventory_count == 5


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_money_that_comes_too_late_goes_back_by_itself(end, monkeypatch, capsys):
    order = make_order()
    api = client_of(order.user)
    intent = intent_of(api, order)
    with monkeypatch.context() as stuck:  # the intent stays open at the gateway, as when its answer is lost
        stuck.setattr(SandboxGateway, "cancel_intent", SandboxGateway.retrieve_intent)
        if end == "cancelled":
            api.post(f"orders/{order.pk}/cancel")
        else:
            stuck.setattr("orders.fulfilment.still_unpaid", lambda order: True)
            assert expire_orders(now=timezone.now() + timedelta(hours=2)) == 1
    try_card(api, intent)
    run_worker()
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("cancelled", "pending")
    settle_refunds(capsys)
    assert SandboxIntent.objects.get().refunded == order.total
    assert books_agree(order)
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("cancelled", "pending")
    assert order.lines.get().product.inventory_count == 5


def test_a_payment_that_we_cancelled_and_the_gateway_took_is_refunded(capsys):
    order = make_order()
    api = client_of(order.user)
    intent = intent_of(api, order)
    try_card(api, intent)
    Payment.objects.update(status="cancelled")
    order.status = "cancelled"
    order.save()
    run_worker()
    settle_refunds(capsys)
    assert books_agree(order)
    assert Payment.objects.get().refunded_amount == order.total


def test_a_second_payment_goes_back_and_the_order_stays_paid(capsys):
    order = make_order()
    api = client_of(order.user)
    first = intent_of(api, order)
    Payment.objects.update(status="cancelled")  # as an event out of order may have it
    second = intent_of(api, order)
    assert first != second
    for intent in (first, second):
        try_card(api, intent)
    WebhookEvent.objects.all().delete()
    assert confirm(api, second).status_code == 200
    deliver(event(first))
    run_worker()
    settle_refunds(capsys)
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("processing", "paid")
    assert books_agree(order)
    assert dict(SandboxIntent.objects.values_list("intent_id", "refunded")) == {first: order.total, second: 0}


def test_refunds_never_exceed_the_payment():
    order = paid_order()
    payment = order.payments().get()
    part = refunds.request_refund(payment=payment, amount=Decimal("100.00"), reason="Scratch")
    for amount in ("500.00", "599.99", "499.991", "99999999.99"):
        with pytest.raises(refunds.RefundTooLarge):
            refunds.request_refund(payment=payment, amount=Decimal(amount), reason="Too much")
    refunds.send_refund(refund=part)
    order.refresh_from_db()
    assert order.payment_status == "partially_refunded"
    rest = refunds.request_full_refund(payment=payment, reason="The rest")
    assert rest.amount == Decimal("499.99")
    refunds.send_refund(refund=rest)
    refunds.send_refund(refund=rest)
    assert refunds.request_full_refund(payment=payment, reason="More") is None
    order.refresh_from_db()
    assert order.payment_status == "refunded"
    assert books_agree(order)


def test_an_unpaid_payment_has_nothing_to_give_back():
    order = make_order()
    intent_of(client_of(order.user), order)
    with pytest.raises(refunds.RefundTooLarge):
        refunds.request_refund(payment=order.payments().get(), amount=Decimal("0.01"), reason="Nothing")


def test_a_refund_that_is_settled_twice_is_booked_once():
    order = paid_order()
    refund = refunds.request_full_refund(payment=order.payments().get(), reason="Twice")
    for _ in range(2):
        refunds.settle_refund(refund_id=refund.pk, gateway_id="re_1")
    assert order.payments().get().refunded_amount == order.total


def test_a_refused_refund_is_kept_for_staff_and_may_be_asked_again(monkeypatch, capsys):
    order = paid_order()
    with monkeypatch.context() as refusing:
        refusing.setattr(SandboxGateway, "refund", raising(GatewayRefused("No funds.")))
        client_of(order.user).post(f"orders/{order.pk}/cancel")
    refund = Refund.objects.get()
    assert (refund.status, refund.failure_message) == ("failed", "No funds.")
    assert settle_refunds(capsys) == "refunds settled: 0, still waiting: 0"
    again = refunds.request_full_refund(payment=order.payments().get(), reason="Once more")
    refunds.send_refund(refund=again)
    assert books_agree(order)
