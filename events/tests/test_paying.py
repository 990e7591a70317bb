"""What becomes of an order: paid in time, late, wrongly, not at all; by verify, webhook, sweep and the chore."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.errors import NotFound
from events.models import Event, Ticket, TicketOrder, Voucher
from events.selling import expiring, paying
from events.selling.errors import NotCancellable
from events.tests.factories import make_event, make_type
from events.tests.shop import (
    fresh,
    let_hold_end,
    order_tickets,
    paid_order,
    pay,
    paylater,
    places_agree,
    send_all_refunds,
    taken,
    tickets_for_sale,
)
from payments import sellables
from payments.gateways.records import Intent
from payments.ledger.checking import differences
from payments.models import Invoice, LedgerEntry, Payment
from payments.services import apply_intent

__all__ = ["paylater", "tickets_for_sale"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets_for_sale")]


@pytest.fixture
def kind():
    return make_type(make_event(), quantity=2)


def lines_of(key):
    return dict(LedgerEntry.objects.get(key=key).lines.values_list("account", "amount"))


def verdict(order):
    return paying.verify(order=order).status


def test_a_paid_order_has_its_tickets_its_invoice_and_its_place_in_the_books_once(kind):
    order = order_tickets(kind, 2, contact={"name": "Ada Obi", "email": "ada@example.com"})
    assert verdict(order) == "pending"
    order = pay(order)
    for _ in range(3):
        assert verdict(order) == "success"
    assert (order.status, order.payment_status, order.tickets.count(), taken(kind)) == ("completed",) * 2 + (2, [2])
    payment = order.payments().get()
    assert payment.ticket_order_payment.counted_at is not None
    booked = {"deposits": 1000000, "owed_to_organizers": -951000, "platform_fees": -49000}
    assert lines_of(f"ticket_order-paid:{payment.pk}") == booked
    invoice = Invoice.objects.about(order.holder).get()
    assert (invoice.data["seller"]["name"], invoice.amount) == ("PlatNG", 10000)
    assert invoice.data["buyer"]["name"] == "Ada Obi"
    assert list(differences()) == []


def test_money_of_another_amount_delivers_nothing(kind):
    order = order_tickets(kind)
    pay(order, kobo=499999)
    assert verdict(order) == "failed"
    assert (fresh(order).status, Ticket.objects.count(), taken(kind)) == ("pending", 0, [1])


def test_a_refused_card_leaves_it_pending_and_a_later_success_counts(kind, paylater):
    order = order_tickets(kind)
    paylater.pay(order.reference, 500000, status="failed")
    assert (verdict(order), fresh(order).payment_status) == ("failed", "pending")
    assert pay(order).status == "completed"


def test_a_silent_gateway_is_no_error(kind, paylater):
    order = order_tickets(kind)
    paylater.faults = ["away"]
    assert verdict(order) == "pending"
    let_hold_end(order)
    assert verdict(fresh(order)) == "failed"
    expiring.expire_orders()
    assert verdict(fresh(order)) == "failed"


def test_late_money_takes_places_again(kind):
    order = let_hold_end(order_tickets(kind, 2))
    expiring.expire_orders()
    assert (taken(kind), fresh(order).status) == ([0], "expired")
    order = pay(fresh(order))
    assert (order.status, order.tickets.count(), taken(kind)) == ("completed", 2, [2])
    assert list(differences()) == []


def test_money_of_a_hold_that_is_over_and_was_not_let_go_yet_counts(kind):
    assert pay(let_hold_end(order_tickets(kind))).status == "completed"


def test_late_money_takes_places_of_holds_that_are_over(kind):
    order = order_tickets(kind, 2)
    expiring.cancel_order(order=order, by=order.user)
    other = let_hold_end(order_tickets(kind, 1))
    assert pay(fresh(order)).status == "completed"
    assert (fresh(other).status, taken(kind)) == ("expired", [2])


def test_late_money_without_places_goes_back_by_the_worker(kind):
    order = let_hold_end(order_tickets(kind, 2))
    paid_order(kind, 1)
    order = fresh(order)
    assert order.status == "expired"
    order = pay(order)
    assert (order.payment_status, verdict(order), order.tickets.count()) == ("failed", "failed", 0)
    refund = order.payments().get().refunds.get()
    assert (refund.status, refund.gateway_id, refund.amount) == ("pending", "", 10000)
    send_all_refunds()
    order = fresh(order)
    assert (order.payment_status, verdict(order), taken(kind)) == ("refunded", "failed", [1])
    assert list(differences()) == []
    assert places_agree(kind.event)


def test_late_money_needs_a_use_of_its_voucher(kind):
    voucher = Voucher.objects.create(event=kind.event, code="HALF", kind="percent", value=50)
    order = let_hold_end(order_tickets(kind, voucher="half"))
    expiring.expire_orders()
    order_tickets(kind, voucher="half")
    assert pay(fresh(order)).status == "expired"
    assert (fresh(voucher).used, taken(kind)) == (1, [1])


@pytest.mark.parametrize(
    "change", [{"status": "cancelled"}, {"ends_at": timezone.now(), "starts_at": timezone.now()}]
)
def test_money_for_an_event_that_does_not_take_place_goes_back(kind, change):
    order = order_tickets(kind)
    if "ends_at" in change:
        change = {"starts_at": timezone.now() - timedelta(hours=2), "ends_at": timezone.now()}
    Event.objects.filter(pk=kind.event_id).update(**change)
    order = pay(order)
    assert (order.status, order.tickets.count(), taken(kind)) == ("cancelled", 0, [0])
    send_all_refunds()
    assert fresh(order).payment_status == "refunded"
    assert list(differences()) == []


def test_the_buyer_lets_a_hold_go_and_nothing_that_is_paid(kind):
    order = order_tickets(kind)
    for _ in range(2):
        expiring.cancel_order(order=order, by=order.user)
    assert (order.status, order.payment_status, taken(kind)) == ("cancelled", "failed", [0])
    with pytest.raises(NotCancellable):
        expiring.cancel_order(order=(paid := paid_order(kind)), by=paid.user)
    assert (fresh(paid).status, taken(kind)) == ("completed", [1])


def test_the_command_lets_go_what_is_over_or_the_one_that_is_named(kind):
    def run(*args):
        call_command("expire_ticket_orders", *args, stdout=(out := StringIO()))
        return out.getvalue().strip()

    first, second = order_tickets(kind), order_tickets(kind)
    assert run() == "ticket orders let go: 0, of cancelled events: 0"
    assert "let go" in run("--order", str(first.pk))
    assert "nothing to do" in run("--order", str(first.pk))
    assert "there is none" in run("--order", "999999")
    let_hold_end(second)
    assert run() == "ticket orders let go: 1, of cancelled events: 0"
    assert (taken(kind), fresh(first).status, fresh(second).status) == ([0], "expired", "expired")


def test_the_gateways_word_counts_however_it_comes(kind, paylater):
    order = order_tickets(kind)
    payment = order.payments().get()
    paid = Intent(order.reference, Payment.Status.SUCCEEDED, payment.amount, "NGN")
    apply_intent(payment_id=payment.pk, intent=paid)
    apply_intent(payment_id=payment.pk, intent=paid)
    assert (fresh(order).status, Ticket.objects.count()) == ("completed", 1)


def test_the_shops_address_for_payments_does_not_know_it(kind, user):
    order = order_tickets(kind, user=user)
    with pytest.raises(NotFound):
        sellables.payment_for(key="ticket_order_id", user=user, pk=order.pk)


def test_the_ledgers_proof_names_an_order_that_is_paid_with_another_sum(kind):
    order = paid_order(kind)
    TicketOrder.objects.filter(pk=order.pk).update(total=1)
    assert any("paid with " in line for line in differences())
    TicketOrder.objects.filter(pk=order.pk).update(total=5000, status="expired")
    assert any("paid with " in line for line in differences())


def test_what_proves_it_to_a_bank(kind):
    order = paid_order(kind)
    facts = sellables.sellable_of(order).facts(order)
    assert facts["order.json"]["event"]["title"] == kind.event.title
    assert [ticket["status"] for ticket in facts["tickets.json"]] == ["active"]
