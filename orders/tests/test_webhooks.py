"""Webhooks: signed or refused, kept once, acted on once, in whatever order they come."""

import time

import pytest

from orders.tests.shop import (
    DECLINED,
    books_agree,
    client_of,
    confirm,
    deliver,
    event,
    intent_of,
    make_order,
    raw,
    run_worker,
    sign,
    try_card,
)
from payments.inbox import handle, replay
from payments.models import WebhookEvent

pytestmark = pytest.mark.django_db

PATHS = [
    "/api/payments/webhook", "/api/payments/webhook/", "/api/payment/webhook", "/api/v1/payment/webhook/",
    "/payment/webhook.php", "/payment/webhook.php/",
]  # fmt: skip


@pytest.fixture
def order():
    return make_order()


@pytest.fixture
def customer(order):
    return client_of(order.user)


@pytest.fixture
def intent(order, customer):
    return intent_of(customer, order)


@pytest.fixture
def paid(customer, intent):
    """The intent, paid at the gateway; no event has come, the inbox is empty."""
    assert try_card(customer, intent) == "succeeded"
    WebhookEvent.objects.all().delete()
    return intent


def state(order):
    """Where order and money stand, and how many steps it took."""
    order.refresh_from_db()
    return order.status, order.payment_status, order.status_history.count()


@pytest.mark.parametrize("path", PATHS)
def test_the_webhook_alone_settles(order, paid, path):
    assert deliver(event(paid), path=path).status_code == 200
    assert state(order) == ("pending", "pending", 1)  # kept and answered before anybody acts on it
    run_worker()
    assert state(order) == ("processing", "paid", 2)
    assert WebhookEvent.objects.get().status == "handled"


@pytest.mark.parametrize("first", ["webhook", "browser"])
def test_the_webhook_and_the_browser_settle_once(order, customer, paid, first):
    deliver(event(paid))
    steps = [run_worker, lambda: confirm(customer, paid)]
    for step in steps if first == "webhook" else reversed(steps):
        step()
    assert confirm(customer, paid).status_code == 200
    assert state(order) == ("processing", "paid", 2)
    assert books_agree(order)


def test_a_repeated_event_counts_once(order, paid):
    told = event(paid)
    for _ in range(3):
        assert deliver(told).status_code == 200
        run_worker()
    kept = WebhookEvent.objects.get()
    assert (kept.attempts, kept.status) == (1, "handled")
    handle(kept)
    assert state(order) == ("processing", "paid", 2)


def test_a_late_failure_does_not_undo_a_success(order, customer, intent):
    try_card(customer, intent, DECLINED)
    failed = event(intent, "payment_intent.payment_failed")
    WebhookEvent.objects.all().delete()
    try_card(customer, intent)
    confirm(customer, intent)
    for kind in ("payment_intent.payment_failed", "payment_intent.canceled", "payment_intent.requires_action"):
        told = {**failed, "id": f"evt_{kind}", "type": kind}
        told["data"]["object"]["status"] = {"payment_intent.canceled": "canceled"}.get(kind, "requires_action")
        deliver(told)
    deliver(failed)
    run_worker()
    assert state(order) == ("processing", "paid", 2)
    assert order.payments().get().status == "succeeded"


def test_unknown_kinds_are_kept(order, paid):
    assert deliver(event(paid, "customer.created")).status_code == 200
    run_worker()
    assert WebhookEvent.objects.get().status == "ignored"
    assert state(order) == ("pending", "pending", 1)


def test_an_intent_that_is_not_ours_is_ignored(order, paid):
    assert deliver(event(paid, id="pi_of_somebody_else")).status_code == 200
    run_worker()
    assert WebhookEvent.objects.get().status == "ignored"
    assert state(order) == ("pending", "pending", 1)


@pytest.mark.parametrize("lie", [{"amount": 1}, {"amount": 60000}, {"currency": "jpy"}, {"amount": "x"}])
def test_another_amount_is_parked_and_settles_nothing(order, paid, lie):
    assert deliver(event(paid, **lie)).status_code == 200
    run_worker()
    kept = WebhookEvent.objects.get()
    assert kept.status == "parked"
    assert kept.error
    assert state(order) == ("pending", "pending", 1)


def test_a_failed_event_can_be_run_again(order, paid, monkeypatch):
    deliver(event(paid))
    with monkeypatch.context() as broken:
        broken.setattr("payments.services.apply_intent", lambda **_: 1 / 0)
        run_worker()
    kept = WebhookEvent.objects.get()
    assert (kept.status, kept.attempts) == ("failed", 1)
    assert replay(kept).status == "handled"
    assert (kept.error, kept.attempts) == ("", 2)
    assert state(order) == ("processing", "paid", 2)


def bad_signatures(payload):
    """Ways in which a signature is no proof."""
    return {
        "missing": "",
        "wrong secret": sign(payload, secret="whsec_other"),
        "old": sign(payload, timestamp=int(time.time()) - 301),
        "of other bytes": sign(payload + b" "),
        "nonsense": "t=1,v1=00",
        "no time": "v1=00",
        "not ascii": "t=1,v1=\u00e9",
        "huge time": f"t={'9' * 400},v1=00",
    }


@pytest.mark.parametrize("flaw", bad_signatures(b"x"))
def test_an_unsigned_event_is_refused_and_not_kept(order, paid, flaw):
    payload = raw(event(paid))
    answer = deliver(payload, signature=bad_signatures(payload)[flaw])
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature")
    assert not WebhookEvent.objects.exists()
    assert state(order) == ("pending", "pending", 1)


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"[]", b"null", b"7", b'{"id": "evt_1"}', b'{"id": 1, "type": 2, "data": {"object": 3}}',
                b"[" * 100_000, b'{"id":"\\ud800","type":"a","data":{"object":{}}}'],
)  # fmt: skip
def test_a_signed_body_that_is_no_event_is_refused(payload):
    assert deliver(payload).status_code == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"\x00", "{}".encode("utf-16")])
def test_bytes_that_are_no_text_are_refused(payload):
    assert deliver(payload, signature="t=1,v1=00").status_code == 400
    assert not WebhookEvent.objects.exists()


def test_without_a_secret_stripe_is_not_believed(order, paid, settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_x", ""
    for secret in (" ", "whsec_sandbox_", f"whsec_sandbox_{settings.SECRET_KEY}"):
        payload = raw(event(paid))
        assert deliver(payload, signature=sign(payload, secret=secret)).status_code == 400
    assert not WebhookEvent.objects.exists()
