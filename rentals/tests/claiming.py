"""What a customer and the gateway say of a payment, in one line each, for the tests."""

from datetime import UTC, datetime

from accounts.tests.factories import AdminFactory
from payments import inbox
from payments.gateways.sandbox import client as sandbox
from rentals.money.settling import record_payment_by_hand
from rentals.tests.customers import client_of, intent_of

START = datetime(2025, 4, 1, 10, tzinfo=UTC)
PATHS = {"installment": "make-payment", "buyout": "buyout"}


def claim(rental, transaction_id, purpose="installment", *, api=None):
    """What make-payment or buyout answers to this id."""
    body = {"payment_method": "stripe", "transaction_id": transaction_id}
    return (api or client_of(rental.user)).post(f"rentals/{rental.pk}/{PATHS[purpose]}", body)


def refused(answer, code, status=400):
    """A refusal with this code; its words."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.content
    return answer.json()["error"]


def at_the_gateway(rental, purpose="installment"):
    """An intent whose money is at the gateway, of which nobody has told us."""
    intent = intent_of(client_of(rental.user), rental, purpose)
    return intent, sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)


def webhook(paid):
    """The gateway tells of it."""
    payload, signature = sandbox.signed_event(paid)
    assert inbox.handle(inbox.receive(gateway="sandbox", payload=payload, signature=signature)).status == "handled"


def end_by(rental, how):
    """Let the rental end; where it takes money, staff take it at the counter."""
    api, by_hand = client_of(rental.user), {"rental": rental, "by": AdminFactory(), "reason": "Cash"}
    if how in ("cancel", "return"):
        assert api.post(f"rentals/{rental.pk}/{how}").status_code == 200
    elif how == "buyout":
        record_payment_by_hand(purpose="buyout", **by_hand)
    else:
        for _ in range(12):
            record_payment_by_hand(purpose="installment", **by_hand)
