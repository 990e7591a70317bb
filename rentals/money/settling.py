"""Money that arrived: count it for the rental, or send it back. Runs inside the transaction that settled it."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog import devices
from core.db import transactional
from core.money import ZERO
from core.tasks import enqueue
from payments.refunds.services import request_refund
from rentals.models import Autopay, Installment, LateFee, Rental, RentalPayment
from rentals.money.paying import amount_due, close_intents_task
from rentals.money.pricing import buyout_quote, quote_holds

Status = Rental.Status

LAST_NOTE = "Last payment received"
BUYOUT_NOTE = "Bought out early"


def locked_rental(rental_id: int) -> Rental:
    """The rental with its schedule, locked until the transaction ends; payments are locked before it."""
    Rental.objects.select_for_update().get(pk=rental_id)
    return Rental.objects.with_schedule().select_related("user").get(pk=rental_id)


def pay_installment(rental: Rental, link: RentalPayment) -> bool:
    """Pay one installment, and late fees with the rest; False when there is none that this payment may pay."""
    installment = installment_for(rental, link)
    if installment is None or installment.amount + link.fee_total != link.payment.amount:
        return False
    mark_paid(installment, link)
    pay_fees(rental, link)
    if rental.status == Status.ACTIVE and not rental.open_installments:
        complete(rental, note=LAST_NOTE)
    return True


def installment_for(rental: Rental, link: RentalPayment) -> Installment | None:
    """What the payment pays: autopay its own installment, any other the next one; unsigned only the first."""
    own = getattr(link, "autopay_installment", None)
    following = rental.next_installment
    if own is not None:
        following = next((one for one in rental.open_installments if one.pk == own.pk), None)
    if rental.status == Status.ACTIVE:
        return following
    unsigned_first = rental.status == Status.PENDING and following is not None and following.number == 1
    return following if unsigned_first else None


def mark_paid(installment: Installment, link: RentalPayment) -> None:
    """Write the money on the installment; the database allows one payment for each."""
    installment.state, installment.paid_with, installment.paid_at = Installment.State.PAID, link, timezone.now()
    installment.charge_on = None
    installment.save(update_fields=["state", "paid_with", "paid_at", "charge_on"])


def pay_fees(rental: Rental, link: RentalPayment) -> None:
    """Pay open late fees, oldest first, with the part of the payment that is for them; the rest goes back."""
    left: Decimal = link.fee_total
    for fee in rental.open_late_fees:
        # Conditional, because staff waive a fee without waiting for us.
        if fee.amount <= left and LateFee.objects.filter(pk=fee.pk, waived_at=None).update(paid_with=link):
            left -= fee.amount
    if left > ZERO:
        request_refund(payment=link.payment, amount=left, reason=f"A late fee of rental #{rental.pk} was waived")


def buy_out(rental: Rental, link: RentalPayment) -> bool:
    """Complete the rental early; False when it is over, or what was paid is no longer its price."""
    if rental.status != Status.ACTIVE:
        return False
    if not quote_holds(link, buyout_quote(rental, now=timezone.now()), now=timezone.now()):
        return False
    pay_fees(rental, link)
    link.bought_out = rental
    complete(rental, note=BUYOUT_NOTE)
    link.save(update_fields=["bought_out"])
    return True


def complete(rental: Rental, *, note: str, by: Any = None) -> None:
    """Complete the rental: the device is the customer's, and nothing more is due or charged."""
    end_charges(rental)
    devices.mark_sold(holder=rental.holder, by=by)
    rental.move_to(Status.COMPLETED, by=by, note=note)


def end_charges(rental: Rental) -> None:
    """Close what is still open of the schedule and end autopay; begun payments are closed at the gateway soon."""
    rental.installments.filter(state=Installment.State.OPEN).update(state=Installment.State.CLOSED, charge_on=None)
    Autopay.objects.filter(active_for=rental).update(active_for=None, ended_at=timezone.now())
    enqueue(close_intents_task, rental_id=rental.pk)


@transactional
def record_payment_by_hand(*, rental: Rental, by: User, purpose: str, reason: str) -> None:
    """Staff took the money: the next installment with its late fees, or the buyout, is paid with it.

    Raises WrongRentalStatus, NothingToPay, InvalidInput without a reason.
    """
    held = locked_rental(rental.pk)
    due = amount_due(held, purpose, now=timezone.now())
    held.record_by_hand(amount=due.amount, reason=reason, by=by, **due.as_link(purpose))
