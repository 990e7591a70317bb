"""What a customer does with a rental, in one line each, for the tests."""

from orders.tests.shop import GOOD, client_of, confirm, run_worker, try_card
from payments.models import Payment, SandboxIntent
from payments.refunds.services import send_pending
from rentals.models import Rental

__all__ = ["books_agree", "client_of", "confirm", "fresh", "intent_of", "pay", "run_worker", "save_card", "try_card"]


def fresh(rental):
    """The rental as it stands now, whole."""
    return Rental.objects.with_details().get(pk=rental.pk)


def intent_of(api, rental, purpose="installment"):
    """The id of the rental's payment intent for that purpose."""
    answer = api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": purpose})
    assert answer.status_code == 200, answer.content
    return answer.json()["payment_intent_id"]


def pay(rental, purpose="installment", *, times=1):
    """Pay by card and report it as the contract says; the last answer."""
    api = client_of(rental.user)
    path = "make-payment" if purpose == "installment" else "buyout"
    for _ in range(times):
        intent = intent_of(api, rental, purpose)
        assert try_card(api, intent) == "succeeded"
        answer = api.post(f"rentals/{rental.pk}/{path}", {"payment_method": "stripe", "transaction_id": intent})
        assert answer.status_code == 200, answer.content
    return answer


def save_card(api, card=GOOD):
    """What the browser does to save a card; the set-up's id."""
    answer = api.post("payments/setup-intent")
    assert answer.status_code == 200, answer.content
    setup = answer.json()["setup_intent_id"]
    assert api.post(f"payments/sandbox/setup/{setup}/confirm", {"card": card}).status_code == 200
    return setup


def books_agree(rental):
    """Whether our payments say what the sandbox says, to the cent, once every refund went out."""
    send_pending()
    ours = {
        payment.intent_id: (payment.is_settled and payment.amount, payment.refunded_amount)
        for payment in Payment.objects.filter(
            rental_payment__rental=rental, gateway="sandbox", intent_id__isnull=False
        )
    }
    theirs = {
        intent.intent_id: (intent.status == "succeeded" and intent.amount, intent.refunded)
        for intent in SandboxIntent.objects.filter(intent_id__in=list(ours))
    }
    assert ours == theirs
    return True
