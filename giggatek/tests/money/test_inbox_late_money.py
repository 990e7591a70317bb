"""Money that arrives for what can no longer have it goes back by itself, and the admins get a mail."""

from datetime import timedelta
from unittest import mock

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.tests.factories import AdminFactory, ManagerFactory
from notifications.models import Email
from orders.fulfilment import cancel_order
from orders.fulfilment import payment_intent_for as intent_of_order
from orders.models import Order
from orders.tests.shop import make_order
from payments import inbox
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox.client import SandboxGateway
from payments.models import Payment, Refund, SandboxIntent, SandboxMovement, WebhookEvent
from payments.refunds.services import send_refund_task
from rentals.lifecycle.services import return_rental
from rentals.models import LateFee
from rentals.money.paying import payment_intent_for as intent_of_rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import fresh, pay

pytestmark = pytest.mark.django_db


def unreachable():
    """The gateway cannot be asked to close an intent, so that its customer can still pay."""
    return mock.patch.object(SandboxGateway, "cancel_intent", side_effect=GatewayUnavailable)


def cancelled_order():
    order = make_order()
    payment = intent_of_order(order=order)
    with unreachable():
        cancel_order(order=order)
    return payment, f"Order #{order.pk} could no longer be paid"


def expired_order():
    order = make_order()
    payment = intent_of_order(order=order)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        call_command("expire_orders", verbosity=0)
    assert Order.objects.get(pk=order.pk).status == "cancelled"
    # Two moments crossed: the gateway took the money before it knew that it is not wanted.
    SandboxIntent.objects.filter(intent_id=payment.intent_id).update(status="requires_payment_method")
    return payment, f"Order #{order.pk} could no longer be paid"


def over_rental(end):
    rental = make_rental(signed=True)
    payment = intent_of_rental(rental=rental, purpose="installment")
    with unreachable():
        end(rental)
    return payment, f"Rental #{rental.pk} could no longer take this payment"


def bought_out_rental():
    return over_rental(lambda rental: pay(rental, "buyout"))


def returned_rental():
    return over_rental(lambda rental: return_rental(rental=rental))


def rental_whose_amount_changed():
    """A buyout is quoted, then an installment is paid: the price is another now."""
    rental = make_rental(signed=True)
    payment = intent_of_rental(rental=rental, purpose="buyout")
    pay(rental)
    assert fresh(rental).payments_made == 1
    return payment, f"Rental #{rental.pk} could no longer take this payment"


LATE = [cancelled_order, expired_order, bought_out_rental, returned_rental, rental_whose_amount_changed]


@pytest.fixture(params=LATE, ids=lambda make: make.__name__)
def late(request):
    """A payment that is not wanted any more, and why."""
    payment, why = request.param()
    return Payment.objects.get(pk=payment.pk), why


def arrive(payment):
    """The customer pays, and the webhook tells of it."""
    paid = sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
    payload, signature = sandbox.signed_event(paid)
    assert inbox.handle(inbox.receive(gateway="sandbox", payload=payload, signature=signature)).status == "handled"


def is_back(payment):
    """All of it, once, here and at the gateway."""
    payment.refresh_from_db()
    assert (payment.status, payment.refunded_amount) == ("succeeded", payment.amount)
    assert SandboxMovement.objects.filter(kind="refund", intent__intent_id=payment.intent_id).count() == 1
    return payment.refunds.get().status == "succeeded"


def test_the_worker_sends_it_back_and_the_admins_hear_of_it(late):
    payment, why = late
    admin, _manager = AdminFactory(), ManagerFactory()
    arrive(payment)
    refund = Refund.objects.get(payment=payment)
    assert (refund.reason, refund.amount) == (why, payment.amount)
    send_refund_task.func(refund.pk)
    assert is_back(payment)
    mail = Email.objects.get(kind="staff_money_returned")
    assert mail.recipient == admin.email
    assert why in mail.text
    assert f"/admin/payments/payment/{payment.pk}/change/" in mail.text


def test_the_worker_has_its_task_in_the_transaction_that_settled_it(late):
    from django_tasks_db.models import DBTaskResult

    payment, _ = late
    arrive(payment)
    refund = Refund.objects.get(payment=payment)
    waiting = DBTaskResult.objects.filter(task_path__endswith="send_refund_task")
    assert {"refund_id": refund.pk} in [task.args_kwargs["kwargs"] for task in waiting]


def test_without_a_webhook_and_a_worker_the_sweeps_find_it(late):
    """Two lines of the shop's crontab, as `scripts/serve.py` runs them."""
    payment, _ = late
    sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
    assert not WebhookEvent.objects.filter(payload__contains=payment.intent_id).exists()
    for _ in range(2):
        call_command("reconcile_payments", verbosity=0)
        call_command("settle_refunds", verbosity=0)
    assert is_back(payment)


def test_money_that_is_wanted_stays():
    AdminFactory()
    order = make_order()
    arrive(intent_of_order(order=order))
    order.refresh_from_db()
    assert order.payment_status == "paid"
    assert not Refund.objects.exists()
    assert not Email.objects.filter(kind="staff_money_returned").exists()


def test_a_late_fee_that_came_after_the_intent_leaves_the_money_of_the_installment(monkeypatch):
    """What was asked for is what counts: nobody is refunded because something more fell due meanwhile."""
    rental = make_rental(signed=True)
    payment = intent_of_rental(rental=rental, purpose="installment")
    first = rental.installments.first()
    LateFee.objects.create(installment=first, amount="5.00", assessed_on=first.due_date)
    arrive(payment)
    assert fresh(rental).payments_made == 1
    assert not Refund.objects.exists()
