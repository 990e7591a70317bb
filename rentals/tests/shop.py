"""What customers, staff, the gateway and the chores do with rentals, in one line each, for the tests."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from io import StringIO

import time_machine
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Address
from accounts.tests.factories import ManagerFactory
from catalog.models import Device, Product
from core.testing.tasks import run_tasks
from orders.tests.shop import GOOD, client_of, confirm, run_worker, try_card
from payments import inbox
from payments import services as payments
from payments.gateways.sandbox import client as sandbox
from payments.models import Payment, Refund, SandboxIntent, WebhookEvent
from payments.refunds.services import send_pending
from rentals.contracts.verifying import verify
from rentals.models import Installment, LateFee, Rental, RentalPayment
from rentals.money.paying import close_intents_task
from rentals.money.settling import record_payment_by_hand
from rentals.tests.factories import make_rental

__all__ = ["GOOD", "client_of", "confirm", "run_worker", "try_card"]

LOST, EXPIRED, NO_FUNDS, ASKS = "4000000000009987", "4000000000000069", "4000000000009995", "4000002760003184"
RATE = Decimal("49.99")
ROUNDS = 20
PATHS = {"installment": "make-payment", "buyout": "buyout"}


def fresh(rental):
    return Rental.objects.with_details().get(pk=rental.pk)


def installment(rental, number=1):
    return Installment.objects.get(rental=rental, number=number)


def succeeded(answer):
    assert answer.status_code == 200, answer.content
    return answer


def refused(answer, code, status=400):
    """A refusal with this code; its words."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.content
    return answer.json()["error"]


def intent_of(api, rental, purpose="installment"):
    return succeeded(api.post(f"rentals/{rental.pk}/payment-intent", {"purpose": purpose})).json()[
        "payment_intent_id"
    ]


def claim(rental, transaction_id, purpose="installment", *, api=None):
    """What make-payment or buyout answers to this id."""
    body = {"payment_method": "stripe", "transaction_id": transaction_id}
    return (api or client_of(rental.user)).post(f"rentals/{rental.pk}/{PATHS[purpose]}", body)


def pay(rental, purpose="installment", *, times=1):
    """Pay by card and report it as the contract says; the last answer."""
    api = client_of(rental.user)
    for _ in range(times):
        intent = intent_of(api, rental, purpose)
        assert try_card(api, intent) == "succeeded"
        answer = succeeded(claim(rental, intent, purpose, api=api))
    return answer


def by_hand(rental, purpose="installment", *, by=None, times=1):
    """Staff take the money."""
    by = by or ManagerFactory()
    for _ in range(times):
        record_payment_by_hand(rental=rental, by=by, purpose=purpose, reason="Cash")


def paid_at_the_gateway(rental, purpose="installment"):
    """An intent whose money is at the gateway before any webhook: its id, and the gateway's record."""
    intent = intent_of(client_of(rental.user), rental, purpose)
    return intent, sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)


def paid_beside(rental, purpose="installment"):
    """As above, over a second intent that no client would get."""
    quote = {"quoted_payments_made": fresh(rental).payments_made, "valid_until": timezone.now() + timedelta(days=1)}
    amount = Decimal("599.88") if purpose == "buyout" else rental.monthly_rate
    payment = payments.open_payment(user=rental.user, amount=amount, currency="USD", gateway="sandbox")
    payments.ensure_intent(payment=payment)
    RentalPayment.objects.create(rental=rental, payment=payment, purpose=purpose, **quote)
    return payment.intent_id, sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)


def deliver(paid):
    """The gateway's event about it, ready to be received and handled."""
    payload, signature = sandbox.signed_event(paid)
    return lambda: inbox.handle(inbox.receive(gateway="sandbox", payload=payload, signature=signature)).status


def webhook(paid):
    assert deliver(paid)() == "handled"


def report(rental, intent, purpose="installment"):
    """A browser that reports a payment, ready to go."""
    api = client_of(rental.user)
    return lambda: claim(rental, intent, purpose, api=api)


def post(rental, verb, by=None):
    """A browser that cancels, returns or signs, ready to go."""
    api = client_of(by or rental.user)
    return lambda: api.post(f"rentals/{rental.pk}/{verb}")


def end_by(rental, how):
    """Let the rental end; where it takes money, staff take it."""
    if how in ("cancel", "return"):
        succeeded(post(rental, how)())
    else:
        by_hand(rental, "buyout" if how == "buyout" else "installment", times=1 if how == "buyout" else 12)


def save_card(api, card=GOOD):
    """What the browser does to save a card; the set-up's id."""
    setup = succeeded(api.post("payments/setup-intent")).json()["setup_intent_id"]
    succeeded(api.post(f"payments/sandbox/setup/{setup}/confirm", {"card": card}))
    return setup


def turn_on(rental, card=GOOD):
    """The customer turns autopay on, or changes the card; the answer."""
    api = client_of(rental.user)
    body = {"setup_intent_id": save_card(api, card), "consent": True}
    return succeeded(api.put(f"rentals/{rental.pk}/autopay", body)).json()


def turn_off(rental):
    succeeded(client_of(rental.user).delete(f"rentals/{rental.pk}/autopay"))


def command(name, *options):
    """What a command prints."""
    out = StringIO()
    call_command(name, *options, stdout=out)
    return out.getvalue()


def night(day=None, clock=None):
    """The chores of a night and the workers; with a day, that day's."""
    if day is not None:
        clock.move_to(datetime.combine(day, time(3)))
    command("send_payment_reminders")
    command("charge_due_rentals")
    run_tasks()


def old_rental(days, *, paid=0, **fields):
    """A signed rental that began so many days ago, with so many installments paid by hand."""
    with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
        rental = make_rental(signed=True, **fields)
        by_hand(rental, times=paid)
    return fresh(rental)


def charges_of(rental):
    """What the gateway took and kept: the amounts of its settled intents less what went back."""
    ids = rental.payments().values_list("intent_id", flat=True)
    paid = SandboxIntent.objects.filter(intent_id__in=list(ids), status="succeeded").order_by("pk")
    return [intent.amount - intent.refunded for intent in paid]


def books_agree(rental):
    """Whether our payments equal the sandbox's, to the cent, once every refund went out."""
    send_pending()
    ours = {
        payment.intent_id: (payment.is_settled and payment.amount, payment.refunded_amount)
        for payment in Payment.objects.filter(rental_payment__rental=rental, gateway="sandbox").exclude(
            intent_id=None
        )
    }
    theirs = {
        intent.intent_id: (intent.status == "succeeded" and intent.amount, intent.refunded)
        for intent in SandboxIntent.objects.filter(intent_id__in=list(ours))
    }
    assert ours == theirs
    return True


def check_one_end(rental):
    """One state that everything agrees on: rows, money here and at the gateway, contract. The status."""
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


def stock_of(rental):
    """How many pieces stand in stock."""
    product = type(rental.product).objects.get(pk=rental.product_id)
    if product.is_serialized:
        assert product.inventory_count == Device.objects.filter(product=product, status="in_stock").count()
    return product.inventory_count


def snapshot():
    """Every row that a rental could touch."""
    others = [Payment, Refund, SandboxIntent, WebhookEvent, Product, Device, Address]
    models = [*apps.get_app_config("rentals").get_models(), *others]
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


def outcomes(results):
    """The statuses of answers; an exception is itself, so that a test shows it."""
    return [getattr(result, "status_code", repr(result)) for result in results]


def codes(results):
    """The codes of the refusals among the answers."""
    return [result.json()["code"] for result in results if result.status_code == 400]
