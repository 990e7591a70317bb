"""Refunds by staff: a part of an installment or a buyout, or a late fee. What was paid stays paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import prefetch_related_objects

from accounts.models import User
from core.db import transactional
from core.errors import InvalidInput
from core.money import ZERO
from core.text import money
from payments.models import Payment, Refund
from payments.refunds.services import RefundTooLarge, refuse_repeated, request_refund, send_refund_soon
from rentals.errors import NothingToRefund
from rentals.models import LateFee, Rental, RentalPayment
from rentals.money.settling import locked_rental


@dataclass(frozen=True)
class Part:
    """Something that was paid for and can be given back, as far as `left`: a late fee, else the price."""

    link: RentalPayment
    left: Decimal
    fee: LateFee | None = None

    @property
    def name(self) -> str:
        """What a form calls it."""
        return f"fee:{self.fee.pk}" if self.fee else f"payment:{self.link.payment_id}"


def give_back(
    *, rental: Rental, what: str, amount: Decimal | None = None, reason: str, by: User, key: UUID | None = None
) -> Refund:
    """Give back what `what` names (`Part.name`): `amount` of it, or all that is left.

    It is goodwill: the installment stays paid, and schedule, buyout price and ownership stay as they are. With a
    `key` it happens once, however often it is asked for. The gateway is asked at once; when it is away the worker
    goes on. Raises RefundRepeated, RefundTooLarge, NothingToRefund, InvalidInput; then nothing is changed.
    """
    if not reason.strip():
        raise InvalidInput("reason: say why.", details={"reason": ["Say why."]})
    refund = write_refund(rental=rental, what=what, amount=amount, reason=reason.strip(), by=by, key=key)
    send_refund_soon(refund=refund)
    return Refund.objects.select_related("payment").get(pk=refund.pk)


@transactional
def write_refund(
    *, rental: Rental, what: str, amount: Decimal | None, reason: str, by: User, key: UUID | None
) -> Refund:
    """The part of it that is all in the database."""
    rental.lock_payments()
    held = locked_rental(rental.pk)
    refuse_repeated(key)
    part = next((one for one in parts_left(held) if one.name == what), None)
    if part is None:
        raise NothingToRefund
    wanted = part.left if amount is None else amount
    refuse_too_much(part, wanted)
    refund = request_refund(payment=part.link.payment, amount=wanted, reason=reason, by=by, key=key)
    if part.fee:
        part.fee.refund = refund
        part.fee.save(update_fields=["refund"])
    return refund


def refuse_too_much(part: Part, wanted: Decimal) -> None:
    """Raise RefundTooLarge for more than is left, and InvalidInput for a piece of a late fee."""
    currency = part.link.payment.currency
    if wanted > part.left:
        raise RefundTooLarge(
            f"{money(wanted, currency)} is more than the {money(part.left, currency)} that can still be refunded."
        )
    if part.fee and wanted != part.left:
        raise InvalidInput.at("amount", f"A late fee goes back whole: {money(part.left, currency)}.")


def parts_left(rental: Rental) -> Iterator[Part]:
    """What can still be given back, the oldest payment first; the rental is read with `with_schedule`.

    A payment's price can go back as far as its late fees could still go back beside it, each of them once.
    """
    prefetch_related_objects([rental], "rental_payments__payment__refunds")
    fees = fees_to_refund(rental)
    for link in rental.rental_payments.all():
        left = left_of(link.payment) if link.counted_at else ZERO
        theirs = [fee for fee in fees if fee.paid_with_id == link.pk]
        price = left - sum((fee.amount for fee in theirs), ZERO)
        if price > ZERO:
            yield Part(link, price)
        yield from (Part(link, fee.amount, fee) for fee in theirs if fee.amount <= left)


def fees_to_refund(rental: Rental) -> list[LateFee]:
    """The late fees that were paid and did not go back."""
    fees = (getattr(installment, "late_fee", None) for installment in rental.installments.all())
    return [fee for fee in fees if fee and fee.paid_with_id and fee.refund_id is None]


def left_of(payment: Payment) -> Decimal:
    """`Payment.refundable` of a counted payment, from refunds that were read before."""
    claimed = (refund.amount for refund in payment.refunds.all() if refund.status != Refund.Status.FAILED)
    return payment.amount - sum(claimed, ZERO)
