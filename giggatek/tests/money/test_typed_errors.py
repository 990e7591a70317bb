"""What a client is told when the gateway says no, or later; and what each call carries."""

import pytest

from orders.tests.shop import client_of, confirm, intent_of, make_order, try_card
from payments.gateways import gateway_named
from payments.gateways.base import CardDeclined, GatewayRefused, GatewayUnavailable
from payments.gateways.stripe.client import API_VERSION, RETRIES, TIMEOUT, StripeGateway

pytestmark = pytest.mark.django_db

DECLINE = {
    "error": {
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds",
        "message": "Your card has insufficient funds.",
    }
}  # fmt: skip
LIMIT = {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests."}}


@pytest.fixture
def order():
    return make_order()


def test_every_call_names_the_version_that_we_read_and_a_key_when_it_writes(order, flaky_stripe):
    api = client_of(order.user)
    confirm(api, intent_of(api, order))
    assert {call.version for call in flaky_stripe.calls} == {API_VERSION}
    assert {call.method: bool(call.key) for call in flaky_stripe.calls} == {"POST": True, "GET": False}


def test_the_sdk_waits_and_repeats_as_we_say(settings, flaky_stripe):
    client = StripeGateway().client
    assert client._requestor._options.max_network_retries == RETRIES == 2
    assert TIMEOUT == (5, 20)  # as imported, before the server shortened it
    flaky_stripe.faults = ["silence"] * 3
    with pytest.raises(GatewayUnavailable):
        gateway_named("stripe").retrieve_intent("pi_1")
    assert len(flaky_stripe.calls) == 3


def test_a_decline_has_stripes_words_and_code(order, flaky_stripe):
    flaky_stripe.faults = [(402, DECLINE)]
    answer = client_of(order.user).post(f"orders/{order.pk}/payment-intent").json()
    assert (answer["status"], answer["code"], answer["message"], answer["details"]) == (
        400, "card_declined", "Your card has insufficient funds.", {"decline_code": ["insufficient_funds"]},
    )  # fmt: skip
    with pytest.raises(CardDeclined):
        raise_with(flaky_stripe, (402, DECLINE))


def test_a_refusal_has_stripes_words_and_no_decline(flaky_stripe):
    with pytest.raises(GatewayRefused, match="No such thing") as refused:
        raise_with(flaky_stripe, (404, {"error": {"type": "invalid_request_error", "message": "No such thing."}}))
    assert (refused.value.code, refused.value.details) == ("gateway_refused", None)


@pytest.mark.parametrize(
    ("told", "waits"),
    [("17", "17"), ("3600", "60"), ("0", "5"), ("soon", "5"), ("²", "5"), (None, "5")],
)
def test_a_client_is_told_when_to_come_again(order, flaky_stripe, told, waits):
    headers = {} if told is None else {"Retry-After": told.encode().decode("latin-1")}
    flaky_stripe.faults = [(429, LIMIT, headers)] * 3
    answer = client_of(order.user).post(f"orders/{order.pk}/payment-intent")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "gateway_unavailable", waits)


def test_a_declined_payment_says_so_when_it_is_confirmed(order):
    api = client_of(order.user)
    intent = intent_of(api, order)
    unpaid = confirm(api, intent).json()
    assert (unpaid["code"], "details" in unpaid) == ("payment_not_settled", False)
    assert try_card(api, intent, "4000000000009995") == "declined"
    answer = confirm(api, intent).json()
    assert (answer["code"], answer["message"], answer["details"]) == (
        "payment_not_settled", "Your card has insufficient funds.", {"decline_code": ["insufficient_funds"]},
    )  # fmt: skip


def raise_with(server, fault):
    """One call that is answered with the fault."""
    server.faults = [fault]
    gateway_named("stripe").retrieve_intent("pi_1")
