"""Paystack's webhooks: signed or refused, kept once and byte for byte, and no nonsense is an error."""

import base64
import json

import pytest

from payments import services
from payments.gateways.paystack.mock.shapes import transaction
from payments.models import WebhookEvent
from payments.tests.mock_paystack import deliver, handled, signed
from payments.tests.test_paystack import KOBO, opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paystack")]

CHARGE = {"event": "charge.success", "data": {"id": 1, "reference": "x", "status": "success", "amount": 1}}


@pytest.fixture
def payment(user):
    return opened(user)


def charge(payment, **changes):
    money = {"amount": KOBO, "requested_amount": KOBO, "fees": 175_00, "currency": "NGN"}
    row = transaction(
        number=4100000001, reference=payment.intent_id, status="success", at="2026-03-01T12:00:00.000Z", **money
    )
    return {"event": "charge.success", "data": {**row, **changes}}


@pytest.mark.parametrize("path", ["payments/webhook/paystack", "payment/webhook/paystack"])
@pytest.mark.parametrize("signature", ["", "0" * 128, signed(b"other bytes"), "ß", signed(b"{}").upper()])
def test_a_webhook_that_paystack_did_not_sign_is_refused(api, path, signature):
    answer = deliver(api, b"{}", path=path, signature=signature)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature")
    assert not WebhookEvent.objects.exists()


def test_without_a_key_nothing_is_signed(api, settings):
    settings.PAYSTACK_SECRET_KEY = ""
    assert deliver(api, CHARGE).status_code == 404


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"null", b"[]", b'"charge.success"', b"not json", b"\xff\xfe\x00", b"[" * 100_000, b"9" * 5000,
        b'{"event": "charge.success"}', b'{"event": "charge.success", "data": []}',
        b'{"event": 1, "data": {"id": {}}}',
        b'{"event": "\\ud800", "data": {"id": "\\ud800"}}', b'{"event": "transfer.success", "data": {"id": 5}}',
        b'{"event": "refund.processed", "data": {"amount": null}}',
        b'{"event": "charge.dispute.create", "data": {"id": 1}}',
    ],
)  # fmt: skip
def test_whatever_is_signed_is_kept_once_and_moves_nothing(api, payload):
    for _ in range(2):
        assert handled(api, payload) in ("ignored", "parked")
    event = WebhookEvent.objects.get()
    assert event.payload.encode() == payload or base64.b64decode(event.payload.removeprefix("base64:")) == payload


def test_a_large_one_is_refused(api):
    assert deliver(api, b" " * 10_000_000).status_code == 413
    assert not WebhookEvent.objects.exists()


def test_a_card_number_in_it_is_not_kept(api):
    deliver(api, b"\xff 4084084084084081 is no text")
    assert b"4084084084084081" not in base64.b64decode(WebhookEvent.objects.get().payload.removeprefix("base64:"))


def test_it_is_kept_byte_for_byte_before_it_is_acted_on(api, payment):
    raw = json.dumps(charge(payment), indent=3).encode()
    deliver(api, raw)
    event = WebhookEvent.objects.get()
    assert (event.payload.encode(), event.status, event.event_id) == (raw, "received", "charge.success:4100000001")
    payment.refresh_from_db()
    assert payment.status == "created"


def test_a_charge_settles_once_however_it_is_spelled(api, payment):
    assert handled(api, charge(payment)) == "handled"
    assert handled(api, json.dumps(charge(payment), indent=1).encode()) == "handled"
    assert WebhookEvent.objects.count() == 1
    payment.refresh_from_db()
    assert (payment.status, payment.charge_id) == ("succeeded", "4100000001")


@pytest.mark.parametrize("metadata", [0, None, "", "a text", {"order_id": 7}, [], {"amount": 1}])
def test_metadata_is_of_any_shape(api, payment, metadata):
    assert handled(api, charge(payment, metadata=metadata)) == "handled"


@pytest.mark.parametrize("amount", [str(KOBO), float(KOBO), None, True, [KOBO], KOBO - 1, KOBO + 1, 0, -KOBO, 10**30])
@pytest.mark.parametrize("key", ["amount", "requested_amount"])
def test_an_amount_is_the_whole_number_that_was_asked_for_or_delivers_nothing(api, payment, key, amount):
    changes = {"amount": amount, "requested_amount": amount if key == "requested_amount" else None}
    assert handled(api, charge(payment, **changes)) in ("parked", "handled")
    payment.refresh_from_db()
    assert payment.status == "created"


@pytest.mark.parametrize("currency", ["USD", "ngn ", "", None, 7, {}])
def test_another_currency_delivers_nothing(api, payment, currency):
    handled(api, charge(payment, currency=currency))
    payment.refresh_from_db()
    assert payment.status == "created"


@pytest.mark.parametrize("status", ["failed", "reversed", "abandoned", None, {}])
def test_a_charge_event_that_tells_of_no_success_settles_nothing(api, payment, status):
    handled(api, charge(payment, status=status))
    payment.refresh_from_db()
    assert payment.status == "created"


def test_a_retired_gateway_is_still_taken_at_its_word(api, payment, settings):
    settings.RETIRED_GATEWAYS = ["paystack"]
    assert handled(api, charge(payment)) == "handled"
    with pytest.raises(services.NoGateway):
        opened(payment.user)


def test_the_addresses_without_a_name_are_those_of_the_shops_currency(api, payment, settings):
    assert deliver(api, charge(payment), path="payments/webhook").status_code == 400
    settings.CURRENCY = "NGN"
    assert deliver(api, charge(payment), path="payments/webhook").status_code == 200
