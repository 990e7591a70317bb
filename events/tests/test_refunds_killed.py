"""Kill -9 around what Paystack does with a refund of tickets, and what we write of it: the money is back once."""

import pytest
from django.core.management import call_command

from core.testing.kills import kill_at, start_again
from events.selling import paying
from events.tests.factories import make_event, make_type
from events.tests.shop import fresh, give_back, order_tickets, taken
from payments import inbox
from payments.ledger.checking import differences
from payments.models import LedgerEntry, Refund
from payments.refunds.services import send_refund_task
from payments.tests.mock_paystack import paystack, signed

__all__ = ["paystack"]

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

KOBO = 5000_00
WHENS = ["before", "after"]
SENDING = [
    "payments.models.Refund.claim_sending",
    "payments.gateways.paystack.books.PaystackBooks.refunds_of",
    "payments.gateways.paystack.client.PaystackGateway.refund",
    "payments.refunds.services.write_record",
    "payments.refunds.services.settle_refund",
]
HEARING = [
    "payments.inbox.receiving.store",
    "payments.models.WebhookEvent.claim",
    "payments.refunds.records.apply_refund",
    "payments.refunds.services.settle_refund",
    "payments.models.WebhookEvent.conclude",
]


@pytest.fixture
def order(paystack):
    """Paid, with two tickets: Paystack would give the price of one back twice."""
    placed = order_tickets(make_type(make_event(refund_until_hours=1, refund_percent=100)), 2)
    paystack.popup(placed.reference, 2 * KOBO)
    paying.verify(order=placed)
    return fresh(placed)


def is_back_once(order, bank):
    """The price of one ticket, there and in the books; the other ticket is good."""
    ((number, amount),) = [(str(row["id"]), row["amount"]) for row in bank.refunds]
    refund = Refund.objects.get()
    assert (refund.status, refund.gateway_id, amount) == ("succeeded", number, KOBO)
    for kind in ("refund_settled", "ticket_order_refunded"):
        assert LedgerEntry.objects.filter(kind=kind).count() == 1
    assert sorted(order.tickets.values_list("status", flat=True)) == ["active", "cancelled"]
    assert taken(order.tickets.first().ticket_type) == [1]
    return list(differences()) == []


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("step", SENDING)
def test_the_worker_that_sends_it(order, paystack, step, when):
    refund = give_back(order, order.tickets.first())
    kill_at(step, when, lambda: send_refund_task.func(refund.pk))
    start_again()
    assert is_back_once(order, paystack)


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("step", HEARING)
def test_whoever_hears_that_it_is_done(order, paystack, step, when):
    """The bank takes it later; Paystack sends the event again when nobody answered."""
    paystack.mood(refunds=["pending"])
    give_back(order, order.tickets.first())
    call_command("settle_refunds", verbosity=0)
    assert Refund.objects.get().status == "pending"
    paystack.post(f"/control/refunds/{paystack.refunds[0]['id']}", status="processed")
    payload = paystack.sent[-1]

    def hear():
        inbox.handle(inbox.receive(gateway="paystack", payload=payload, signature=signed(payload)))

    kill_at(step, when, hear)
    if step.endswith("store"):
        hear()
    start_again()
    assert is_back_once(order, paystack)
