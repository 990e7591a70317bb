"""Paystack when everybody tells at once, and when the kernel kills the process: whatever happens, happens once."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.tests.factories import UserFactory
from core.testing.kills import kill_at, start_again
from core.testing.races import race
from payments import inbox, services
from payments.ledger.booking import balance
from payments.models import GatewayOutage, LedgerEntry, Payment, Refund, WebhookEvent
from payments.models.ledger import Account
from payments.refunds import services as refunds
from payments.tests.mock_paystack import signed
from payments.tests.shop import PaymentSignals
from payments.tests.test_paystack import KOBO, opened

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ROUNDS = range(10)
GATEWAY = "payments.gateways.paystack.client.PaystackGateway"


@pytest.fixture
def payment(paystack):
    return opened(UserFactory())


def verify(payment):
    return services.ask_gateway(payment=Payment.objects.get(pk=payment.pk))


def hear(payload):
    """A webhook and its worker."""
    event = inbox.receive(gateway="paystack", payload=payload, signature=signed(payload))
    return inbox.handle(WebhookEvent.objects.get(pk=event.pk))


def reconcile():
    call_command("reconcile_payments", stdout=StringIO())


def everybody(payment, payload):
    return race([lambda: verify(payment)] * 3 + [lambda: hear(payload)] * 2 + [reconcile])


@pytest.mark.parametrize("off", [0, -1])
def test_whoever_tells_of_money_it_is_booked_once(paystack, off):
    for _ in ROUNDS:
        payment = opened(UserFactory())
        paystack.popup(payment.intent_id, KOBO + off, webhook=True)
        with PaymentSignals() as told:
            results = everybody(payment, paystack.sent[-1])
        allowed = (services.AmountMismatch, services.StaleGatewayAnswer) if off else services.StaleGatewayAnswer
        errors = [one for one in results if isinstance(one, Exception) and not isinstance(one, allowed)]
        assert (errors, told) == ([], ["settled"])
        payment.refresh_from_db()
        assert payment.is_settled == (off == 0)
        assert Payment.objects.filter(came_for=payment).count() == (1 if off else 0)
    assert balance(Account.DEPOSITS, currency="NGN") == -(KOBO + off) * len(ROUNDS)
    assert LedgerEntry.objects.filter(kind="payment_settled").count() == len(ROUNDS)


def test_one_of_many_tries_again_after_a_pause(paystack):
    for _ in ROUNDS:
        GatewayOutage.objects.all().delete()
        race([lambda: GatewayOutage.of("paystack").note_silence()] * 6)
        outage = GatewayOutage.objects.get()
        assert (len(outage.silences), outage.may_ask()) == (3, False)
        GatewayOutage.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
        assert sum(race([lambda: GatewayOutage.of("paystack").may_ask()] * 6)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "step",
    [
        f"{GATEWAY}.refund",
        "payments.gateways.paystack.books.PaystackBooks.refunds_of",
        "payments.refunds.services.write_record",
        "payments.refunds.services.settle_refund",
        "payments.refunds.services.wait_for_refund",
    ],
)
def test_a_refund_is_made_once_whenever_its_worker_dies(payment, paystack, step, when):
    paystack.popup(payment.intent_id, KOBO)
    verify(payment)
    paystack.mood(refunds=["pending" if "wait" in step else "processed"])
    asked = refunds.request_refund(payment=payment, amount=Decimal("1000.00"), reason="Cancelled")
    kill_at(step, when, lambda: refunds.send_refund(refund=Refund.objects.get(pk=asked.pk)))
    start_again()
    assert [row["amount"] for row in paystack.refunds] == [1000_00]
    asked.refresh_from_db()
    assert asked.status == ("pending" if "wait" in step else "succeeded")
    assert asked.gateway_id == str(paystack.refunds[0]["id"])


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "step", ["payments.strays.write_stray", "payments.services.set_aside", f"{GATEWAY}.retrieve_intent"]
)
def test_stray_money_is_written_down_once_whenever_its_process_dies(payment, paystack, step, when):
    paystack.popup(payment.intent_id, KOBO - 1)
    kill_at(step, when, lambda: verify(payment))
    start_again()
    assert Payment.objects.filter(came_for=payment).count() == 1
    assert balance(Account.CLEARING, currency="NGN") == KOBO - 1
