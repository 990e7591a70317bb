"""Paystack is slow, drops the line, answers nonsense: a typed error in time, no second call, no key in any text."""

import logging
import time
import traceback

import pytest
import requests

from core import http
from payments import services
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.paystack import wire
from payments.models import GatewayOutage
from payments.tests.mock_paystack import SECRET
from payments.tests.test_paystack import KOBO, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(user, paystack, monkeypatch):
    monkeypatch.setattr(wire, "CONNECT", 0.3)
    monkeypatch.setattr(wire, "ANSWER", 0.4)
    made = opened(user)
    paystack.popup(made.intent_id, KOBO)
    return made


def test_the_deadlines_leave_a_browser_time():
    assert (wire.CONNECT, wire.ANSWER) == (2, 5)
    assert wire.CONNECT + wire.ANSWER + services.PATIENCE < 8


@pytest.mark.parametrize("fault", ["slow 2", "drip", "drop", "drop after", "html", "huge", 500, 502, 503, 429, 401])
def test_a_bad_day_leaves_the_payment_open_and_the_next_try_settles_it(payment, paystack, fault):
    paystack.mood(faults=[fault])
    begun = time.monotonic()
    with pytest.raises(GatewayUnavailable):
        services.ask_gateway(payment=payment)
    assert time.monotonic() - begun < 1.5
    payment.refresh_from_db()
    assert payment.status == "created"
    assert paystack.calls("GET /transaction/verify") == 1  # the request is not repeated
    assert services.confirm(payment=payment).is_settled


def test_too_many_requests_say_how_long_to_wait(payment, paystack):
    paystack.mood(faults=[429])
    with pytest.raises(GatewayUnavailable) as refused:
        services.ask_gateway(payment=payment)
    assert refused.value.retry_after == 7


@pytest.mark.parametrize("fault", [400, 404])
def test_a_reference_that_paystack_does_not_know_is_not_paid_yet(payment, paystack, fault):
    paystack.mood(faults=[fault])
    assert services.ask_gateway(payment=payment).status == "created"


def test_nobody_listens(payment, settings):
    settings.PAYSTACK_API_BASE = "http://127.0.0.1:1"
    with pytest.raises(GatewayUnavailable):
        services.ask_gateway(payment=payment)


@pytest.mark.parametrize("content", [b"[]", b'{"status": "true"}', b"\xff", b"[" * 100_000, b'{"status": true}'])
def test_an_answer_of_another_shape_is_none(payment, monkeypatch, content):
    monkeypatch.setattr(http, "call", lambda *asked, **more: http.Answer(200, {}, content))
    with pytest.raises(GatewayUnavailable):
        services.ask_gateway(payment=payment)


def test_a_large_answer_is_not_read(payment, monkeypatch):
    monkeypatch.setattr(wire, "LARGEST", 50)
    with pytest.raises(GatewayUnavailable):
        services.ask_gateway(payment=payment)


def silence(payment, paystack):
    paystack.mood(faults=["drop"])
    with pytest.raises(GatewayUnavailable):
        services.ask_gateway(payment=payment)


@pytest.mark.clock("2026-03-01T12:00:00Z")
def test_after_three_silences_in_a_minute_paystack_is_left_alone_for_half_a_minute(payment, paystack, clock):
    for _ in range(3):
        silence(payment, paystack)
        clock.shift(10)
    asked = len(paystack.memory.calls)
    for seconds in (0, 10, 9):  # 29 seconds after the third
        clock.shift(seconds)
        with pytest.raises(GatewayUnavailable):
            services.ask_gateway(payment=payment)
    assert len(paystack.memory.calls) == asked
    clock.shift(1)
    assert services.confirm(payment=payment).is_settled
    assert GatewayOutage.objects.get().paused_until is None


@pytest.mark.clock("2026-03-01T12:00:00Z")
def test_one_alone_tries_again_after_the_pause(payment, paystack, clock):
    for _ in range(3):
        silence(payment, paystack)
    clock.shift(30)
    waiting = [GatewayOutage.of("paystack") for _ in range(3)]
    assert [one.may_ask() for one in waiting] == [True, False, False]
    asked = len(paystack.memory.calls)
    with pytest.raises(GatewayUnavailable):
        services.ask_gateway(payment=payment)
    assert len(paystack.memory.calls) == asked


@pytest.mark.clock("2026-03-01T12:00:00Z")
def test_three_silences_over_more_than_a_minute_are_no_outage(payment, paystack, clock):
    for _ in range(3):
        silence(payment, paystack)
        clock.shift(31)
    assert services.confirm(payment=payment).is_settled


def test_errors_are_no_silences(payment, paystack):
    paystack.mood(faults=[500, 500, 500, "html"])
    for _ in range(4):
        with pytest.raises(GatewayUnavailable):
            services.ask_gateway(payment=payment)
    assert services.confirm(payment=payment).is_settled


@pytest.mark.parametrize("fault", ["drop", "slow 2", "html", 500, 401, 400, None])
def test_the_key_stands_in_no_log_and_no_error(payment, paystack, caplog, fault):
    caplog.set_level(logging.DEBUG)
    paystack.mood(faults=[fault])
    texts = [caplog.text]
    for ask in (lambda: services.ask_gateway(payment=payment), lambda: wire.call("GET", "/refund/1")):
        try:
            ask()
        except (GatewayUnavailable, GatewayRefused) as error:
            texts += [str(error), repr(error), "".join(traceback.format_exception(error))]
    assert not [text for text in [*texts, caplog.text] if SECRET in text]


@pytest.mark.parametrize("key", [f"{SECRET}\n", f"{SECRET}\u20ac"])
def test_a_key_that_no_header_can_hold_stands_in_no_error(payment, settings, key):
    settings.PAYSTACK_SECRET_KEY = key
    with pytest.raises(GatewayUnavailable) as refused:
        services.ask_gateway(payment=payment)
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_a_refusal_that_repeats_the_key_is_covered(payment, monkeypatch):
    body = {"status": False, "message": f"No access for {SECRET}"}
    with pytest.raises(GatewayRefused, match=r"No access for \*\*\*"):
        wire.understood(wire.Answer(422, body, 5))


def test_the_key_follows_no_redirect(payment, paystack, monkeypatch):
    seen = []

    def answer(self, asked):
        seen.append(asked.path)
        return 302, {"status": True, "data": {}}

    monkeypatch.setattr(type(paystack.server.routes), "answer", answer)
    with pytest.raises(GatewayRefused):
        wire.call("GET", "/transaction")
    assert len(seen) == 1


def test_the_stand_in_refuses_another_key(payment, paystack):
    answer = requests.get(f"{paystack.server.base}/transaction", headers={"Authorization": "Bearer x"}, timeout=5)
    assert (answer.status_code, answer.json()["status"]) == (401, False)
