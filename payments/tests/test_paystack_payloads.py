"""Bodies that Paystack sent, each with the values that were worked out for it. Only persons in them are made up."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from payments import inbox, services
from payments.gateways.paystack.client import PaystackGateway
from payments.gateways.paystack.objects import charge_from, intent_from
from payments.models import Dispute, Payment, Refund
from payments.tests.mock_paystack import handled, signed

FOLDER = Path(__file__).parent / "payloads" / "paystack"


def text_of(name):
    return (FOLDER / f"{name}.json").read_text()


def body_of(name):
    return json.loads(text_of(name))


def record_of(name):
    kind = body_of(name)["event"]
    return PaystackGateway().read_record(kind=kind, payload=text_of(name))


@pytest.mark.parametrize(
    ("name", "reference", "amount", "charge_id", "fee"),
    [
        ("charge-success-metadata-0", "qTPrJoy9Bx", "100.00", "302961", 0),
        ("charge-success-bank-transfer", "zuz8ggd1ro", "250.00", "3104021987", 375),
        ("charge-success-metadata-object", "T921832543445800", "800000.00", "3557035194", 200000),
    ],
)
def test_a_charge(name, reference, amount, charge_id, fee):
    intent = record_of(name)
    assert (intent.id, intent.status, intent.charge_id) == (reference, "succeeded", charge_id)
    assert (intent.amount, intent.currency, intent.received) == (Decimal(amount), "NGN", None)
    movement = charge_from(body_of(name)["data"], is_stray=False)
    assert (movement.amount, movement.fee) == (int(Decimal(amount) * 100), fee)


def test_fees_that_the_buyer_carries_are_no_part_of_the_price():
    data = body_of("verify-success-fees-on-top")["data"]
    intent = intent_from(data)
    assert (intent.status, intent.amount, intent.received) == ("succeeded", Decimal("300.50"), Decimal("403.33"))
    assert intent.charge_id == "4099260516"
    movement, stray = charge_from(data, is_stray=False), charge_from(data, is_stray=True)
    assert (movement.amount, movement.fee, movement.intent_id) == (30050, 0, "re4lyvq3s3")
    assert (stray.amount, stray.fee, stray.net, stray.intent_id) == (40333, 10283, 30050, "4099260516")


def test_an_abandoned_one_is_not_decided():
    assert intent_from(body_of("verify-abandoned")["data"]) is None


def test_a_failed_one_is_failed_for_now():
    intent = intent_from(body_of("transaction-failed")["data"])
    assert (intent.id, intent.status, intent.failure_message) == ("icy9ma6jd1", "failed", "Declined")
    assert (intent.amount, intent.charge_id) == (Decimal("1.00"), "5833")


@pytest.mark.parametrize(
    ("name", "reference", "amount"),
    [
        ("refund-processed", "T2154954_412829_3be32076_6lcg3", "50.00"),
        ("refund-failed", "T9171231_412325_3be2736c_n6tml", "200.00"),
        ("refund-needs-attention", "88bfa94509eb96aa9785641c26cc57cc", "53.06"),
    ],
)
def test_a_refunds_event_names_the_transaction(name, reference, amount):
    record = record_of(name)
    assert (record.id, record.intent_id, record.amount) == ("", reference, Decimal(amount))


@pytest.mark.parametrize(
    ("name", "event_id"),
    [
        ("charge-success-metadata-0", "charge.success:302961"),
        ("refund-needs-attention", "refund.needs-attention:123456"),
        ("dispute-create", "charge.dispute.create:358950"),
    ],
)
def test_an_event_is_told_apart_by_kind_and_object(settings, name, event_id):
    settings.PAYSTACK_SECRET_KEY = "sk_test_key_that_must_stay_secret"
    payload = text_of(name).encode()
    assert PaystackGateway().read_event(payload=payload, signature=signed(payload)).id == event_id


def test_a_dispute_has_its_reference_in_the_transaction():
    record = record_of("dispute-create")
    assert (record.id, record.intent_id, record.charge_id) == ("358950", "v3mjfgbnc19v97x", "896467688")
    assert (record.amount, record.status, record.reason) == (Decimal("58.00"), "needs_response", "chargeback")
    assert record.evidence_due_at == datetime(2020, 11, 25, 18, tzinfo=UTC)
    assert record.movements == ()


def payment_known_as(user, reference, amount, **more):
    return Payment.objects.create(
        user=user, amount=Decimal(amount), currency="NGN", gateway="paystack", intent_id=reference, **more
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("paystack")
@pytest.mark.parametrize(
    ("name", "amount", "status"),
    [
        ("charge-success-metadata-0", "100.00", "succeeded"),
        ("charge-success-bank-transfer", "250.00", "succeeded"),
        ("charge-success-bank-transfer", "250.01", "created"),
        ("charge-success-metadata-object", "800000.00", "succeeded"),
    ],
)
def test_a_charge_settles_the_payment_of_its_amount_alone(user, api, name, amount, status):
    payment = payment_known_as(user, body_of(name)["data"]["reference"], amount)
    assert handled(api, text_of(name).encode()) == "handled"
    payment.refresh_from_db()
    assert payment.status == status


@pytest.mark.django_db
def test_fees_on_top_settle_what_was_asked_for(user, paystack):
    paystack.memory.keep("transactions", body_of("verify-success-fees-on-top")["data"])
    payment = payment_known_as(user, "re4lyvq3s3", "300.50")
    assert services.confirm(payment=payment).charge_id == "4099260516"


@pytest.mark.django_db
def test_a_dispute_flags_the_payment_and_moves_no_money(user, api, paystack):
    payment = payment_known_as(user, "v3mjfgbnc19v97x", "58.00", status="succeeded", charge_id="896467688")
    assert handled(api, text_of("dispute-create").encode()) == "handled"
    dispute = Dispute.objects.get()
    assert (dispute.payment, dispute.status, dispute.movements.count()) == (payment, "needs_response", 0)
    payment.refresh_from_db()
    assert payment.is_settled


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.json") if "event" in path.read_text()))
def test_what_is_not_ours_is_kept_and_ignored(api, paystack, name):
    assert handled(api, text_of(name).encode()) == "ignored"
    assert not Payment.objects.exists()
    assert not Refund.objects.exists()
    assert inbox.handle_left(older_than=timedelta(days=-1)) == 0
