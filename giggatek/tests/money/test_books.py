"""What the gateways' books say of what happened."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from orders.fulfilment import cancel_order
from orders.tests.shop import client_of, intent_of, make_order, paid_order
from payments.gateways import books_named
from payments.gateways.base import GatewayUnavailable
from payments.gateways.records import BalanceTransaction, DisputeRecord, Kind, RefundRecord
from payments.gateways.sandbox.movements import fee_of
from payments.models import Payment, Refund
from payments.refunds.services import send_pending
from payments.services import confirm
from payments.tests.listing_stripe import listing_stripe

__all__ = ["listing_stripe"]

pytestmark = pytest.mark.django_db

SINCE = datetime(2026, 11, 20, tzinfo=UTC)
AT = 1_795_500_000  # 2026-11-24


def test_the_fee_is_stripes_list_price():
    assert [fee_of(amount) for amount in (59999, 4999, 50, 1)] == [1770, 175, 31, 30]


def test_the_sandbox_books_what_comes_and_goes():
    hour_ago = timezone.now() - timedelta(hours=1)
    with time_machine.travel(hour_ago - timedelta(days=1)):
        paid_order(price=Decimal("10.00"))
    order = paid_order(price=Decimal("599.99"))
    payment = order.payments().get()
    cancel_order(order=order)
    refund = Refund.objects.get()
    books = books_named("sandbox")
    went, came = books.balance_transactions_since(hour_ago)
    assert (came.kind, came.amount, came.fee, came.net, came.source_id) == (
        Kind.CHARGE, 59999, 1770, 58229, payment.charge_id,
    )  # fmt: skip
    assert (went.kind, went.amount, went.fee, went.source_id) == (Kind.REFUND, -59999, 0, refund.gateway_id)
    assert {came.intent_id, went.intent_id} == {payment.intent_id}
    assert [intent.id for intent in books.intents_since(hour_ago)] == [payment.intent_id]
    ours = RefundRecord(
        refund.gateway_id, payment.intent_id, order.total, "USD", Refund.Status.SUCCEEDED, refund.idempotency_key
    )
    assert list(books.refunds_since(hour_ago)) == list(books.refunds_of(payment.intent_id)) == [ours]
    assert list(books.disputes_since(hour_ago)) == []


def test_a_refund_that_is_repeated_moves_money_once():
    order = paid_order()
    cancel_order(order=order)
    gateway_id = Refund.objects.get().gateway_id
    Refund.objects.update(status="pending")
    Payment.objects.update(refunded_amount=0)
    send_pending()
    assert [each.id for each in books_named("sandbox").refunds_of(order.payments().get().intent_id)] == [gateway_id]


def test_every_page_of_stripes_intents_is_read(listing_stripe):
    row = {"object": "payment_intent", "status": "succeeded", "amount": 4999, "currency": "usd", "created": AT}
    listing_stripe.rows["payment_intents"] = [{"id": f"pi_{number}", **row} for number in range(230)]
    intents = list(books_named("stripe").intents_since(SINCE))
    assert [intent.id for intent in intents] == [f"pi_{number}" for number in range(230)]
    assert intents[0].amount == Decimal("49.99")
    assert [query.get("starting_after") for query in listing_stripe.queries] == [None, "pi_99", "pi_199"]
    assert {query["created[gte]"] for query in listing_stripe.queries} == {str(int(SINCE.timestamp()))}


def test_stripes_balance_names_the_intent_behind_each_movement(listing_stripe):
    source = {"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}
    dispute = {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1"}
    row = {"object": "balance_transaction", "currency": "usd", "created": AT, "fee": 0}
    listing_stripe.rows["balance_transactions"] = [
        {"id": "txn_1", "type": "charge", **row, "amount": 4999, "fee": 175, "source": source},
        {"id": "txn_2", "type": "adjustment", **row, "amount": -4999, "fee": 1500, "source": dispute},
        {"id": "txn_3", "type": "payout", **row, "amount": -10, "source": "po_1"},
        {"id": "txn_4", "type": "stripe_fee", **row, "amount": -200, "source": None},
    ]
    at = datetime.fromtimestamp(AT, UTC)
    assert list(books_named("stripe").balance_transactions_since(SINCE)) == [
        BalanceTransaction("txn_1", Kind.CHARGE, 4999, 175, "USD", "ch_1", "pi_1", at),
        BalanceTransaction("txn_2", Kind.DISPUTE, -4999, 1500, "USD", "dp_1", "pi_1", at),
        BalanceTransaction("txn_3", Kind.OTHER, -10, 0, "USD", "po_1", "", at),
        BalanceTransaction("txn_4", Kind.OTHER, -200, 0, "USD", "", "", at),
    ]
    assert listing_stripe.queries[0]["expand[0]"] == "data.source"


def test_stripes_refunds_carry_our_key(listing_stripe):
    row = {"object": "refund", "currency": "usd", "created": AT, "amount": 100, "payment_intent": "pi_1"}
    listing_stripe.rows["refunds"] = [
        {"id": "re_1", "status": "succeeded", "metadata": {"giggatek_refund": "refund-1"}, **row},
        {"id": "re_2", "status": "failed", "failure_reason": "expired_or_canceled_card", "metadata": {}, **row},
        {"id": "re_3", "status": "requires_action", "metadata": {}, **row},
    ]
    refunds = list(books_named("stripe").refunds_of("pi_1"))
    assert [(refund.id, refund.status, refund.key) for refund in refunds] == [
        ("re_1", "succeeded", "refund-1"), ("re_2", "failed", ""), ("re_3", "pending", ""),
    ]  # fmt: skip
    assert refunds[1].failure_message == "expired_or_canceled_card"
    assert listing_stripe.queries[0]["payment_intent"] == "pi_1"
    assert len(list(books_named("stripe").refunds_since(SINCE))) == 3


def test_stripes_disputes(listing_stripe):
    listing_stripe.rows["disputes"] = [
        {
            "id": "dp_1", "object": "dispute", "charge": "ch_1", "payment_intent": "pi_1", "amount": 4999,
            "currency": "usd", "reason": "fraudulent", "status": "needs_response", "created": AT,
            "evidence_details": {"due_by": AT + 86400},
        }
    ]  # fmt: skip
    at, due = (datetime.fromtimestamp(moment, UTC) for moment in (AT, AT + 86400))
    assert list(books_named("stripe").disputes_since(SINCE)) == [
        DisputeRecord("dp_1", "ch_1", "pi_1", Decimal("49.99"), "USD", "fraudulent", "needs_response", due, at)
    ]


def test_a_page_that_does_not_come_is_an_outage_and_not_an_end(listing_stripe):
    row = {"object": "payment_intent", "status": "succeeded", "amount": 4999, "currency": "usd", "created": AT}
    listing_stripe.rows["payment_intents"] = [{"id": f"pi_{number}", **row} for number in range(101)]
    intents = books_named("stripe").intents_since(SINCE)
    next(intents)
    listing_stripe.broken = True
    with pytest.raises(GatewayUnavailable):
        list(intents)


def test_our_refund_tells_stripe_its_key(flaky_stripe):
    order = make_order()
    intent_of(client_of(order.user), order)
    flaky_stripe.settle_all()
    confirm(payment=order.payments().get())
    cancel_order(order=order)
    ((key, made),) = flaky_stripe.refunds.items()
    assert made["metadata[giggatek_refund]"] == key == Refund.objects.get().idempotency_key
