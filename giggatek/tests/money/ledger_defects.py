"""One defect of each kind that `check_ledger` should find; each plant gives what is to be said of it."""

from datetime import timedelta

from django.utils import timezone

from orders.models import Order
from payments.disputes.records import write_dispute
from payments.gateways.sandbox import disputes as sandbox_disputes
from payments.gateways.stripe.objects import dispute_from
from payments.ledger import Account, book
from payments.ledger.closing import close_day
from payments.models import DayClosing, DisputeMovement, LedgerEntry, LedgerLine, Payment, Refund, SandboxMovement
from payments.models.sandbox import SandboxIntent
from payments.refunds.services import request_full_refund, send_pending
from rentals.models import RentalPayment

PLANTS = []


def plant(function):
    """One more of them."""
    PLANTS.append(function)
    return function


def line(key, account, amount):
    """A line more for an entry, which no trigger refuses."""
    LedgerLine.objects.create(entry=LedgerEntry.objects.get(key=key), account=account, amount=amount)


def the_payment():
    return Payment.objects.order_by("pk").first()


@plant
def an_entry_gains_a_line():
    line(f"order-paid:{the_payment().pk}", Account.CASH, 1)
    return "(order-paid:{payment}) sums to 0.01 USD, 3 lines"


@plant
def an_entry_has_no_lines():
    LedgerEntry.objects.create(key="try:1", kind="try", currency="USD")
    return "(try:1) sums to 0.00 USD, 0 lines"


@plant
def a_payment_kept_more_than_is_booked():
    Payment.objects.filter(pk=the_payment().pk).update(amount="600.00")
    return "payment {payment}: it kept 600.00 USD, the books have 599.99 USD"


@plant
def a_payment_never_came():
    Payment.objects.filter(pk=the_payment().pk).update(status="failed")
    return "payment {payment}: it kept 0.00 USD, the books have 599.99 USD"


@plant
def a_refund_was_written_and_not_booked():
    Payment.objects.filter(pk=the_payment().pk).update(refunded_amount="1.00")
    return "payment {payment}: it kept 598.99 USD, the books have 599.99 USD"


@plant
def money_lies_as_a_deposit_though_it_is_applied():
    book(
        key="try:1",
        kind="try",
        lines={Account.SALES: 500, Account.DEPOSITS: -500},
        currency="USD",
        payment=the_payment(),
    )
    return "payment {payment}: 5.00 USD of it lie as a deposit"


@plant
def a_dispute_moved_money_that_is_not_booked():
    intent = SandboxIntent.objects.get(intent_id=the_payment().intent_id)
    record = dispute_from(sandbox_disputes.as_stripe_dispute(sandbox_disputes.open_dispute(intent)))
    write_dispute(payment_id=the_payment().pk, record=record)
    DisputeMovement.objects.update(movement_id="txn_other")
    return "txn_other: -599.99 USD of a dispute are not booked"


@plant
def an_order_has_another_price():
    Order.objects.update(total="500.00", subtotal="500.00")
    return "order:{order}: its price is 500.00 USD, it was paid with 599.99 USD"


@plant
def a_sale_is_booked_twice():
    lines = {Account.CASH: 100, Account.SALES: -100}
    book(key="try:1", kind="try", lines=lines, currency="USD", subject=f"order:{Order.objects.get().pk}")
    return "order:{order}: its payments kept 599.99 USD, its books say 600.99 USD"


@plant
def a_sale_is_booked_for_an_order_that_nobody_paid():
    lines = {Account.CASH: 100, Account.SALES: -100}
    book(key="try:1", kind="try", lines=lines, currency="USD", subject="order:999")
    return "order:999: its payments kept 0.00 USD, its books say 1.00 USD"


@plant
def rent_is_counted_and_not_booked():
    RentalPayment.objects.filter(pk=RentalPayment.objects.get().pk).update(counted_at=None)
    return "rental:{rental}: its payments kept 0.00 USD, its books say 49.99 USD"


@plant
def a_day_was_closed_with_other_figures():
    figures = {"USD": {"accounts": {"cash": {"opening": 0, "debit": 0, "credit": 0, "closing": 7}}, "gateways": {}}}
    DayClosing.objects.create(day=timezone.now().date() - timedelta(days=2), figures=figures)
    return "cash ended with 0.00 USD, and 0.07 USD was written down"


@plant
def the_gateway_took_a_charge_that_nobody_here_knows():
    SandboxMovement.objects.create(
        movement_id="txn_1", intent=SandboxIntent.objects.first(), kind="charge", source_id="ch_1", amount=1, fee=0
    )
    intent = SandboxIntent.objects.first()
    SandboxMovement.objects.filter(intent=intent).exclude(movement_id="txn_1").update(kind="other")
    return f"charge of {intent.intent_id}: 0.01 USD at sandbox, 599.99 USD are booked"


@plant
def the_gateway_knows_no_such_charge():
    SandboxMovement.objects.filter(intent__intent_id=the_payment().intent_id).delete()
    return f"charge of {the_payment().intent_id}: 599.99 USD are booked, and sandbox knows nothing of it"


@plant
def the_gateway_knows_no_such_refund():
    request_full_refund(payment=the_payment(), reason="Came back")
    send_pending()
    SandboxMovement.objects.filter(kind="refund").delete()
    return f"refund {Refund.objects.get().gateway_id}: -599.99 USD are booked, and sandbox knows nothing of it"


@plant
def the_gateway_made_a_refund_that_is_not_here():
    SandboxMovement.objects.create(
        movement_id="txn_1", intent=SandboxIntent.objects.first(), kind="refund", source_id="re_1", amount=-5, fee=0
    )
    return "refund re_1: -0.05 USD at sandbox, and nothing is booked"


@plant
def a_fee_of_a_closed_day_is_not_booked():
    close_day(day=timezone.now().date() - timedelta(days=1), now=timezone.now() + timedelta(minutes=10))
    late = SandboxMovement.objects.get(intent__intent_id=the_payment().intent_id)
    SandboxMovement.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(days=3))
    return f"fee {late.movement_id}: -17.70 USD at sandbox, and nothing is booked"


@plant
def a_fee_waits_for_ever():
    late = SandboxMovement.objects.get(intent__intent_id=the_payment().intent_id)
    SandboxMovement.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    return f"fee {late.movement_id}: -17.70 USD at sandbox, and nothing is booked"


@plant
def the_gateway_kept_another_fee():
    entry = book(
        key=f"sandbox-fee:{SandboxMovement.objects.first().movement_id}",
        kind="gateway_fee",
        lines={Account.CLEARING: -1, Account.GATEWAY_FEES: 1},
        currency="USD",
    )
    return f"{entry.key.removeprefix('sandbox-').replace(':', ' ')}: -17.70 USD at sandbox, -0.01 USD are booked"
