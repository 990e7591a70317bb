"""What the webhooks missed is asked of the gateway, mended once, and said."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from orders.fulfilment import payment_intent_for, write_cancellation
from orders.tests.shop import books_agree, make_order, paid_order
from payments.gateways import gateway_named
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import client as sandbox
from payments.models import Payment, Refund, SandboxIntent, SandboxMovement
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, fresh
from rentals.tests.shop import intent_of as rental_intent_of

pytestmark = pytest.mark.django_db


def paid_unheard(order=None):
    """An order whose money is at the gateway, and no webhook ever came."""
    order = order or make_order()
    sandbox.pay(intent_id=payment_intent_for(order=order).intent_id, card=sandbox.SUCCESS)
    return order


def run(capsys, *arguments):
    """The lines that the command prints."""
    capsys.readouterr()
    call_command("reconcile_payments", *arguments)
    return capsys.readouterr().out.splitlines()


def state(order):
    order.refresh_from_db()
    return order.status, order.payment_status, order.status_history.count()


def test_a_payment_that_nobody_told_of_is_settled_and_said(capsys):
    order, waiting = paid_unheard(), make_order()
    payment_intent_for(order=waiting)
    payment = order.payments().get()
    line = f"payment {payment.pk} ({payment.intent_id}): created -> succeeded"
    assert run(capsys, "--dry-run") == [f"would repair {line}", "to repair: 1, problems: 0"]
    assert state(order) == ("pending", "pending", 1)
    assert run(capsys) == [line, "repaired: 1, problems: 0"]
    assert state(order) == ("processing", "paid", 2)
    assert run(capsys) == ["repaired: 0, problems: 0"]
    assert state(waiting) == ("pending", "pending", 1)
    assert books_agree(order)


def test_an_old_payment_that_is_still_open_is_asked_for_too(capsys):
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        order = paid_unheard()
    assert run(capsys, "--since", timezone.now().date().isoformat())[-1] == "repaired: 1, problems: 0"
    assert state(order) == ("processing", "paid", 2)


@pytest.mark.parametrize(
    ("card", "status"), [(sandbox.DECLINED, "failed"), (sandbox.AUTHENTICATE, "requires_action")]
)
def test_what_is_not_at_an_end_is_told_as_well(capsys, card, status):
    order = make_order()
    sandbox.pay(intent_id=payment_intent_for(order=order).intent_id, card=card)
    assert run(capsys)[0].endswith(f"created -> {status}")
    assert order.payments().get().status == status
    assert run(capsys) == ["repaired: 0, problems: 0"]


def test_money_for_a_cancelled_order_is_found_and_goes_back(capsys):
    order = paid_unheard()
    write_cancellation(order=order, by=None, note="")
    Payment.objects.update(status="cancelled")
    assert run(capsys)[0].endswith("cancelled -> succeeded")
    call_command("settle_refunds")
    assert SandboxIntent.objects.get().refunded == order.total
    assert books_agree(order)
    assert run(capsys) == ["repaired: 0, problems: 0"]


def test_a_rentals_installment_is_counted_once(capsys):
    rental = make_rental(signed=True)
    sandbox.pay(intent_id=rental_intent_of(client_of(rental.user), rental), card=sandbox.SUCCESS)
    assert run(capsys)[-1] == "repaired: 1, problems: 0"
    assert run(capsys)[-1] == "repaired: 0, problems: 0"
    assert fresh(rental).payments_made == 1


def test_money_that_nobody_here_knows_of_and_another_amount_are_problems(capsys):
    stray = gateway_named("sandbox").create_intent(
        amount=Decimal("7.00"), currency="USD", idempotency_key="stray", reference=""
    )
    sandbox.pay(intent_id=stray.id, card=sandbox.SUCCESS)
    order = paid_unheard()
    ours = order.payments().get()
    SandboxIntent.objects.filter(intent_id=ours.intent_id).update(amount=Decimal("1.00"))
    assert run(capsys) == [
        f"PROBLEM payment {ours.pk} ({ours.intent_id}): The settled amount is not the one that was asked for. "
        "1.00 USD for 599.99 USD.",
        f"PROBLEM intent {stray.id}: 7.00 USD was paid, and no payment here knows of it",
        "repaired: 0, problems: 2",
    ]
    assert state(order) == ("pending", "pending", 1)


def test_an_open_payment_that_the_gateway_does_not_know_does_not_stop_the_rest(capsys):
    lost = make_order()
    payment_intent_for(order=lost)
    SandboxIntent.objects.all().delete()
    order = paid_unheard()
    assert run(capsys)[-1] == "repaired: 1, problems: 1"
    assert state(order) == ("processing", "paid", 2)


@pytest.fixture
def refund():
    """A refund that the gateway made, and whose answer never came: the worker died."""
    order = paid_order()
    write_cancellation(order=order, by=None, note="")
    made = Refund.objects.get()
    sandbox_refund(made)
    return made


def sandbox_refund(refund):
    gateway_named("sandbox").refund(
        intent_id=refund.payment.intent_id, amount=refund.amount, currency="USD",
        idempotency_key=refund.idempotency_key,
    )  # fmt: skip


def test_a_pending_refund_that_the_gateway_made_is_settled(capsys, refund):
    movement = SandboxMovement.objects.get(kind="refund")
    line = f"refund {movement.source_id} of {refund.payment.intent_id}: pending -> succeeded"
    assert run(capsys, "--dry-run") == [f"would repair {line}", "to repair: 1, problems: 0"]
    assert run(capsys) == [line, "repaired: 1, problems: 0"]
    assert run(capsys) == ["repaired: 0, problems: 0"]
    refund.refresh_from_db()
    assert (refund.status, refund.gateway_id) == ("succeeded", movement.source_id)
    assert books_agree(refund.payment.order_payment.order)


def test_also_when_it_is_older_than_what_is_asked_for(capsys, refund):
    long_ago = timezone.now() - timedelta(days=9)
    Refund.objects.update(created_at=long_ago)
    SandboxMovement.objects.update(created_at=long_ago)
    SandboxIntent.objects.update(created_at=long_ago)
    assert run(capsys)[-1] == "repaired: 1, problems: 0"
    assert Refund.objects.get().status == "succeeded"


def test_an_old_refund_is_not_made_twice_by_a_gateway_that_forgot_its_key(refund):
    SandboxIntent.objects.update(refund_ids={}, refunded=0)
    Refund.objects.update(created_at=timezone.now() - timedelta(days=1))
    call_command("settle_refunds")
    assert Refund.objects.get().status == "succeeded"
    assert SandboxMovement.objects.filter(kind="refund").count() == 1


def test_a_refund_that_staff_made_at_the_gateway_becomes_ours(capsys):
    order = paid_order()
    payment = order.payments().get()
    gateway_named("sandbox").refund(
        intent_id=payment.intent_id, amount=Decimal("100.00"), currency="USD", idempotency_key="dashboard"
    )
    found = run(capsys)
    assert found[0].endswith(": 100.00 USD went back, which was not asked for here")
    assert run(capsys) == ["repaired: 0, problems: 0"]
    assert (Refund.objects.get().amount, Refund.objects.get().reason) == (
        Decimal("100.00"),
        "Refunded at the gateway",
    )
    assert books_agree(order)
    assert state(order)[1] == "partially_refunded"


def test_a_gateway_that_does_not_answer_is_said_and_nothing_is_lost(capsys, monkeypatch):
    order = paid_unheard()
    with monkeypatch.context() as away:

        def no(*_):
            raise GatewayUnavailable

        away.setattr("payments.gateways.sandbox.books.SandboxBooks.intents_since", no)
        with pytest.raises(CommandError, match="Not finished"):
            call_command("reconcile_payments")
    assert run(capsys)[-1] == "repaired: 1, problems: 0"
    assert state(order) == ("processing", "paid", 2)


@pytest.mark.parametrize("since", ["", "yesterday", "2026-13-01", "2026-11-20T99:00:00"])
def test_a_day_that_is_none_is_refused(since):
    with pytest.raises(CommandError, match="--since"):
        call_command("reconcile_payments", "--since", since)


@pytest.mark.parametrize("since", ["2026-11-20", "2026-11-20T08:00:00Z", "2026-11-20 08:00:00+02:00", "9999-12-31"])
def test_days_and_moments_are_read(capsys, since):
    assert run(capsys, "--since", since) == ["repaired: 0, problems: 0"]
