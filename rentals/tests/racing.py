"""Jobs for races over rentals, and what must hold when they are over."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.models import Device
from payments import inbox
from payments import services as payments
from payments.gateways.sandbox import client as sandbox
from payments.models import Refund
from rentals.contracts.verifying import verify
from rentals.models import LateFee, RentalPayment
from rentals.money.paying import close_intents_task
from rentals.tests.customers import books_agree, client_of, fresh, intent_of, run_worker

ROUNDS = 20


def outcomes(results):
    """The statuses of answers; an exception is itself, so that a test shows it."""
    return [getattr(result, "status_code", repr(result)) for result in results]


def codes(results):
    """The codes of the refusals among the answers."""
    return [result.json()["code"] for result in results if result.status_code == 400]


def paid_at_the_gateway(rental, purpose="installment"):
    """An intent whose money is at the gateway, of which nobody has told us, and what the gateway will tell."""
    intent = intent_of(client_of(rental.user), rental, purpose)
    return intent, sandbox.signed_event(sandbox.pay(intent_id=intent, card=sandbox.SUCCESS))


def paid_beside(rental, purpose="installment"):
    """As above, over a second intent that no tab would have found."""
    quote = {"quoted_payments_made": fresh(rental).payments_made, "valid_until": timezone.now() + timedelta(days=1)}
    amount = Decimal("599.88") if purpose == "buyout" else rental.monthly_rate
    payment = payments.open_payment(user=rental.user, amount=amount, currency="USD", gateway="sandbox")
    payments.ensure_intent(payment=payment)
    RentalPayment.objects.create(rental=rental, payment=payment, purpose=purpose, **quote)
    paid = sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
    return payment.intent_id, sandbox.signed_event(paid)


def report(rental, intent, purpose="installment"):
    """A browser that tells of a payment, ready to go."""
    api, path = client_of(rental.user), "make-payment" if purpose == "installment" else "buyout"
    return lambda: api.post(f"rentals/{rental.pk}/{path}", {"transaction_id": intent})


def post(rental, verb, by=None):
    """A browser that cancels, returns or signs, ready to go."""
    api = client_of(by or rental.user)
    return lambda: api.post(f"rentals/{rental.pk}/{verb}")


def deliver(event):
    """The webhook and the worker who acts on it, ready to go."""
    payload, signature = event
    return lambda: inbox.handle(inbox.receive(gateway="sandbox", payload=payload, signature=signature)).status


def check_one_end(rental):
    """One state that everything agrees on: rows, money here and at the gateway, device, contract. The status."""
    run_worker()
    close_intents_task.func(rental.pk)
    assert books_agree(rental)
    rental = fresh(rental)
    history = list(rental.status_history.values_list("status", flat=True))
    assert len(set(history)) == len(history)
    assert history[0] == rental.status
    check_money(rental)
    assert bool(rental.open_installments) != rental.is_over
    assert not (rental.is_over and rental.payments().open().exists())
    assert verify(rental.contract).holds
    return rental.status


def check_money(rental):
    """Each counted payment pays one thing and stays; every other cent went back."""
    assert not Refund.objects.exclude(status="succeeded").exists()
    counted = [link for link in rental.rental_payments.all() if link.counted_at]
    kept = sum(link.payment.amount - link.payment.refunded_amount for link in counted)
    elsewhere = [link.payment for link in rental.rental_payments.all() if not link.counted_at]
    assert not [payment for payment in elsewhere if payment.is_settled and payment.refundable]
    assert sum(link.purpose == "installment" for link in counted) == rental.payments_made
    buyouts = [link for link in counted if link.purpose == "buyout"]
    assert [link.bought_out_id for link in buyouts] in ([], [rental.pk])
    due = sum(one.amount for one in rental.installments.all() if one.is_paid)
    fees = sum(fee.amount for fee in LateFee.objects.filter(installment__rental=rental, paid_with__isnull=False))
    price = sum(link.payment.amount - link.fee_total for link in buyouts)
    assert kept == (0 if rental.status == "cancelled" else due + fees + price)


def shelf(rental):
    """How many pieces stand in stock."""
    product = type(rental.product).objects.get(pk=rental.product_id)
    if product.is_serialized:
        assert product.inventory_count == Device.objects.filter(product=product, status="in_stock").count()
    return product.inventory_count
