"""Webhooks that are not to be believed, at both gateways: refused or parked, logged, and nothing changed."""

import logging
import time

import pytest

from core.money import to_minor
from orders.tests.shop import client_of, deliver, intent_of, make_order, raw, sign
from orders.tests.test_webhooks import bad_signatures
from payments import inbox
from payments.models import Dispute, Payment, Refund, WebhookEvent

pytestmark = pytest.mark.django_db

SECRET = "whsec_of_the_tests"
TEN_MEGABYTES = 10 * 1024 * 1024


@pytest.fixture(params=["sandbox", "stripe"], autouse=True)
def gateway(request, settings):
    """The gateway that the shop runs on."""
    if request.param == "stripe":
        request.getfixturevalue("flaky_stripe")
        settings.STRIPE_WEBHOOK_SECRET = SECRET
    return request.param


@pytest.fixture
def payment(gateway):
    """A payment that is not paid; another is beside it."""
    orders = [make_order() for _ in range(2)]
    for order in orders:
        intent_of(client_of(order.user), order)
    payment = orders[0].payments().get()
    assert payment.gateway == gateway
    return payment


@pytest.fixture(autouse=True)
def nothing_changed(gateway):
    """Whatever came, no payment was settled and nothing else came of it."""
    yield
    assert set(Payment.objects.values_list("status", flat=True)) <= {"created"}
    assert not Refund.objects.exists() and not Dispute.objects.exists()


def told(payment, kind="payment_intent.succeeded", **changes):
    """An event of Stripe's that says that the payment was paid."""
    intent = {
        "id": payment.intent_id, "object": "payment_intent", "status": "succeeded", "latest_charge": "ch_9",
        "amount": to_minor(payment.amount, payment.currency), "currency": "usd", "client_secret": "x", **changes,
    }  # fmt: skip
    return {"id": f"evt_{kind}", "object": "event", "type": kind, "data": {"object": intent}}


def about(payment, kind, **changes):
    """An event about a refund or a dispute of the payment."""
    more = {
        "payment_intent": payment.intent_id, "charge": "ch_9", "created": 1795500000, "metadata": {},
        "reason": "fraudulent", "balance_transactions": [], "evidence_details": {},
    }  # fmt: skip
    status = "needs_response" if "dispute" in kind else "succeeded"
    return told(payment, kind, **{**more, "id": "x_1", "status": status, **changes})


@pytest.mark.parametrize("flaw", bad_signatures(b"x"))
def test_without_a_good_and_young_signature_nothing_is_kept(payment, flaw):
    payload = raw(told(payment))
    answer = deliver(payload, signature=bad_signatures(payload)[flaw])
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature")
    assert not WebhookEvent.objects.exists()


def test_a_signature_is_good_for_five_minutes(payment):
    payload = raw(told(payment, "nothing.known"))
    assert deliver(payload, signature=sign(payload, timestamp=int(time.time()) - 290)).status_code == 200


def test_the_other_gateways_secret_is_none_of_ours(payment, gateway, settings):
    payload = raw(told(payment))
    other = SECRET if gateway == "sandbox" else f"whsec_sandbox_{settings.SECRET_KEY}"
    assert deliver(payload, signature=sign(payload, secret=other)).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_ten_megabytes_are_refused(api):
    answer = api.generic(
        "POST", "/api/payments/webhook", b"x", CONTENT_LENGTH=str(TEN_MEGABYTES), HTTP_STRIPE_SIGNATURE="t=1,v1=00"
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert not WebhookEvent.objects.exists()


EVENT = b'{"id": "evt_1", "type": "a", "data": {"object": {}}}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"id": "evt_1", "type": "a"}',
        b"[" * 100_000,
        b"\x00",
        b"\xef\xbb\xbf" + EVENT,
        EVENT.replace(b"evt_1", b""),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(body):
    answer = deliver(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature")
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    "make",
    [
        lambda payment: told(payment, "customer.subscription.paused"),
        lambda payment: told(payment, "x" * 400),
        lambda payment: told(payment, id="pi_of_somebody_else"),
        lambda payment: told(payment, id=payment.intent_id.upper()),
        lambda payment: about(payment, "refund.created", payment_intent="pi_of_somebody_else", charge="ch_theirs"),
        lambda payment: about(payment, "refund.created", payment_intent=None, charge=None),
        lambda payment: about(payment, "charge.dispute.created", payment_intent="pi_theirs", charge="ch_theirs"),
        lambda payment: about(payment, "charge.dispute.created", payment_intent=None, charge=None),
    ],
)
def test_what_is_unknown_or_somebody_elses_is_kept_and_ignored(payment, make):
    assert deliver(make(payment)).status_code == 200
    assert inbox.handle(WebhookEvent.objects.get()).status == "ignored"


@pytest.mark.parametrize(
    "make",
    [
        lambda payment: told(payment, currency="eur"),
        lambda payment: told(payment, currency="jpy"),
        lambda payment: told(payment, currency="xx"),
        lambda payment: told(payment, currency=7),
        lambda payment: told(payment, amount=1),
        lambda payment: told(payment, amount=-1),
        lambda payment: told(payment, amount="x"),
        lambda payment: told(payment, "payment_intent.payment_failed", currency="eur"),
        lambda payment: about(payment, "refund.updated", amount="x"),
        lambda payment: about(payment, "charge.dispute.created", amount="x"),
        lambda payment: about(payment, "charge.dispute.created", status="in_orbit"),
    ],
)
def test_what_cannot_be_true_is_parked_and_logged(payment, make, caplog):
    assert deliver(make(payment)).status_code == 200
    with caplog.at_level(logging.WARNING):
        kept = inbox.handle(WebhookEvent.objects.get())
    assert (kept.status, bool(kept.error)) == ("parked", True)
    assert f"Webhook event {kept} is parked" in caplog.text


def test_the_events_of_another_gateway_are_nobodys(payment, gateway, settings):
    """What the sandbox made is unknown once Stripe takes the payments, and the other way round."""
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    settings.STRIPE_SECRET_KEY = "sk_test_x" if gateway == "sandbox" else ""
    assert deliver(told(payment)).status_code == 200
    assert inbox.handle(WebhookEvent.objects.get()).status == "ignored"
