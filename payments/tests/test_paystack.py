"""Paying and refunding in naira, against the stand-in for Paystack."""

import json
import re
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from payments import gateways, services
from payments.gateways.paystack.client import PaystackGateway
from payments.models import Payment, Refund
from payments.refunds import services as refunds
from payments.signals import refund_needs_attention
from payments.tests.mock_paystack import handled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PRICE, KOBO = Decimal("5000.00"), 5000_00


def opened(user, amount=PRICE):
    """A payment with its reference, which is not paid."""
    payment = services.open_payment(user=user, amount=amount, currency="NGN", gateway="paystack")
    return services.ensure_intent(payment=payment)


@pytest.fixture
def payment(user, paystack):
    return opened(user)


@pytest.fixture
def paid(payment, paystack):
    paystack.popup(payment.intent_id, KOBO)
    return services.confirm(payment=payment)


def refund_of(payment, amount=PRICE):
    return refunds.send_refund(refund=refunds.request_refund(payment=payment, amount=amount, reason="Cancelled"))


def reconcile():
    out = StringIO()
    call_command("reconcile_payments", stdout=out)
    return out.getvalue().splitlines()


def test_it_takes_naira_and_nothing_else(paystack, settings):
    assert gateways.offered(currency="NGN") == ["paystack", "sandbox"]
    assert gateways.offered(currency="USD") == ["sandbox"]
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    assert gateways.configured() == ["stripe", "paystack"]
    settings.PAYSTACK_SECRET_KEY = ""
    assert gateways.configured() == ["stripe"]


@pytest.mark.parametrize("name", ["nobody", "", "PAYSTACK"])
def test_an_unknown_name_is_a_refusal(name):
    for look_up in (gateways.gateway_named, gateways.books_named, gateways.vault_named, gateways.has_books):
        with pytest.raises(gateways.UnknownGateway):
            look_up(name)


def test_the_reference_is_minted_here_and_follows_from_the_key(payment, paystack):
    assert re.fullmatch(r"PNG-[0-9a-f]{32}", payment.intent_id)
    Payment.objects.update(intent_id=None)  # the process died before it was written down
    assert services.ensure_intent(payment=Payment.objects.get()).intent_id == payment.intent_id
    assert paystack.memory.calls == []


@pytest.mark.parametrize("status", ["abandoned", "ongoing", "pending", "processing", "queued"])
def test_what_is_not_decided_is_not_paid_yet(payment, paystack, status):
    assert services.ask_gateway(payment=payment).status == "created"
    paystack.popup(payment.intent_id, KOBO, status=status)
    assert services.ask_gateway(payment=payment).status == "created"


@pytest.mark.parametrize("status", ["failed", "reversed"])
def test_a_later_success_counts(payment, paystack, status):
    paystack.popup(payment.intent_id, KOBO, status=status)
    assert services.ask_gateway(payment=payment).status == "failed"
    paystack.popup(payment.intent_id, KOBO)
    assert services.confirm(payment=payment).is_settled
    paystack.popup(payment.intent_id, KOBO, status=status)
    assert services.ask_gateway(payment=payment).is_settled


def test_money_for_a_cancelled_payment_counts(payment, paystack):
    assert services.cancel_intent(payment=payment).status == "cancelled"
    paystack.popup(payment.intent_id, KOBO)
    assert services.ask_gateway(payment=payment).is_settled


def test_fees_that_the_buyer_carries_are_no_part_of_the_price(payment, paystack):
    paystack.popup(payment.intent_id, KOBO + 175_00, requested_amount=KOBO)
    assert services.confirm(payment=payment).amount == PRICE


def test_another_transaction_than_the_one_asked_for_settles_nothing(payment, paystack, monkeypatch):
    other = paystack.popup("PNG-other", KOBO)
    monkeypatch.setattr(paystack.memory, "transaction", lambda reference: other)
    with pytest.raises(gateways.base.GatewayUnavailable):
        services.confirm(payment=payment)


def test_what_the_webhook_missed_the_list_tells(payment, paystack):
    paystack.mood(deliveries=["lose"])
    paystack.popup(payment.intent_id, KOBO, webhook=True)
    assert paystack.sent == []
    assert reconcile()[-1] == "repaired: 1, problems: 0"
    payment.refresh_from_db()
    assert payment.is_settled


def test_events_come_twice_and_in_any_order(payment, paystack, api):
    paystack.mood(deliveries=["hold", "hold", "twice"])
    for status in ("failed", "success", "success"):
        paystack.popup(payment.intent_id, KOBO, status=status, webhook=True)
    paystack.post("/control/release")
    assert [json.loads(one)["event"] for one in paystack.sent] == [
        "charge.success", "charge.success", "charge.success", "charge.failed",
    ]  # fmt: skip
    for payload in paystack.sent:
        assert handled(api, payload) in ("handled", "ignored")
    payment.refresh_from_db()
    assert payment.is_settled


@pytest.mark.parametrize(
    ("at_paystack", "here"),
    [
        ("processed", "succeeded"),
        ("pending", "pending"),
        ("processing", "pending"),
        ("needs-attention", "pending"),
        ("failed", "failed"),
        ("refused", "failed"),
    ],
)
def test_a_refund_stands_where_paystack_says(paid, paystack, at_paystack, here):
    paystack.mood(refunds=[at_paystack])
    refund = refund_of(paid, Decimal("1000.00"))
    assert refund.status == here
    assert paid.refundable == (PRICE if here == "failed" else Decimal("4000.00"))


def test_a_refund_is_queued_for_a_day_and_sent_once(paid, paystack, api, clock):
    paystack.mood(refunds=["pending"])
    refund_of(paid)
    (row,) = paystack.refunds
    for _ in range(3):
        clock.shift(8 * 3600)
        call_command("settle_refunds", stdout=StringIO())
        assert reconcile() == ["repaired: 0, problems: 0"]
    paystack.post(f"/control/refunds/{row['id']}", status="processed")
    event = json.loads(paystack.sent[-1])
    assert (event["event"], event["data"]["amount"], "id" in event["data"]) == ("refund.processed", "500000", False)
    assert handled(api, paystack.sent[-1]) == "handled"
    assert handled(api, paystack.sent[-1]) == "handled"
    refund = Refund.objects.get()
    paid.refresh_from_db()
    assert (refund.status, refund.gateway_id, paid.refunded_amount) == ("succeeded", str(row["id"]), PRICE)
    assert len(paystack.refunds) == 1


def test_a_refund_that_needs_a_person_is_told_once(paid, paystack, api):
    told = []

    def note(refund, **_):
        told.append(refund.pk)

    refund_needs_attention.connect(note)
    paystack.mood(refunds=["pending"])
    refund = refund_of(paid)
    paystack.post(f"/control/refunds/{paystack.refunds[0]['id']}", status="needs-attention")
    assert handled(api, paystack.sent[-1]) == "handled"
    reconcile()
    refund.refresh_from_db()
    assert (refund.status, told) == ("pending", [refund.pk])
    assert "bank account" in refund.failure_message
    refund_needs_attention.disconnect(note)


def test_a_refund_made_in_the_dashboard_becomes_ours(paid, paystack, api):
    paystack.memory.refund(paid.intent_id, amount=100_00)
    assert reconcile()[-1] == "repaired: 1, problems: 0"
    assert Refund.objects.get().amount == Decimal("100.00")
    assert reconcile() == ["repaired: 0, problems: 0"]


class Killed(BaseException):
    """The process dies."""


def test_a_crash_between_the_refund_and_its_record_sends_nothing_twice(paid, paystack, clock, monkeypatch):
    asked = refunds.request_refund(payment=paid, amount=Decimal("1000.00"), reason="Cancelled")
    with monkeypatch.context() as dying, pytest.raises(Killed):
        dying.setattr(refunds, "write_record", lambda **_: (_ for _ in ()).throw(Killed))
        refunds.send_refund(refund=asked)
    clock.shift(180)
    call_command("settle_refunds", stdout=StringIO())
    asked.refresh_from_db()
    assert (asked.status, asked.gateway_id) == ("succeeded", str(paystack.refunds[0]["id"]))
    assert len(paystack.refunds) == 1


@pytest.mark.parametrize("fault", ["drop after", "drop"])
def test_a_refund_whose_answer_was_lost_is_looked_for_first(paid, paystack, clock, fault):
    asked = refunds.request_refund(payment=paid, amount=Decimal("1000.00"), reason="Cancelled")
    paystack.mood(faults=[None, fault])  # the list answers, the refund does not
    refunds.send_refund_soon(refund=asked)
    clock.shift(180)
    call_command("settle_refunds", stdout=StringIO())
    asked.refresh_from_db()
    assert (asked.status, len(paystack.refunds)) == ("succeeded", 1)


def test_two_refunds_of_one_amount_are_two(paid, paystack):
    first, second = refund_of(paid, Decimal("1000.00")), refund_of(paid, Decimal("1000.00"))
    assert (first.gateway_id, second.gateway_id) == tuple(str(row["id"]) for row in paystack.refunds)


def test_it_needs_no_initialising(payment, paystack):
    paystack.popup(payment.intent_id, KOBO)
    services.confirm(payment=payment)
    assert {call.split("/")[1] for call in paystack.memory.calls} == {"transaction"}
    assert paystack.calls("POST") == 0
    assert PaystackGateway().publishable_key == "pk_test_shown"
