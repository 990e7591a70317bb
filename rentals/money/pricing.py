"""What is due today, and what it costs to own the device now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from core.money import ZERO
from rentals.errors import NothingToPay, WrongRentalStatus
from rentals.models import Installment, Rental, RentalPayment
from rentals.rules.buyout import BuyoutPrice, Position
from rentals.rules.buyout import quote as price_of
from rentals.rules.packs import from_json


@dataclass(frozen=True)
class AmountDue:
    """What there is to pay: `amount`, of which `fee_total` is late fees; a buyout has the basis of its quote too."""

    amount: Decimal
    fee_total: Decimal = ZERO
    valid_until: datetime | None = None
    payments_made: int | None = None

    def as_link(self, purpose: str) -> dict[str, Any]:
        """The fields of a link that says so."""
        return {
            "purpose": purpose,
            "fee_total": self.fee_total,
            "valid_until": self.valid_until,
            "quoted_payments_made": self.payments_made,
        }

    def matches(self, link: RentalPayment, *, now: datetime) -> bool:
        """Whether this payment, begun before, is of the same amount on the same basis, and still in time."""
        same = (link.payment.amount, link.fee_total) == (self.amount, self.fee_total)
        in_time = link.valid_until is None or link.valid_until > now
        return same and in_time and link.quoted_payments_made == self.payments_made


@dataclass(frozen=True)
class BuyoutQuote:
    """Today's price to own the device: by the rules of the customer's place, and open late fees on top."""

    price: BuyoutPrice
    fees: Decimal
    currency: str
    payments_made: int
    valid_until: datetime

    @property
    def total(self) -> Decimal:
        return self.price.price + self.fees


def installment_due(rental: Rental) -> AmountDue:
    """What the next payment costs: the next open installment and the open late fees.

    Before the signature that is the first installment and no other. Raises WrongRentalStatus, NothingToPay.
    """
    if rental.is_over:
        raise (NothingToPay() if rental.status == Rental.Status.COMPLETED else not_payable(rental))
    following = rental.next_installment
    if following is None:
        raise NothingToPay
    if not rental.is_signed and following.number > 1:
        raise WrongRentalStatus("Only the first installment can be paid before the contract is signed.")
    return AmountDue(amount=following.amount + rental.late_fees_due, fee_total=rental.late_fees_due)


def not_payable(rental: Rental) -> WrongRentalStatus:
    return WrongRentalStatus(f"The rental cannot be paid: it is {rental.status}.")


def position_of(rental: Rental, *, today: date) -> Position:
    """Where the rental stands, as the early-purchase formulas need it."""
    paid = [installment for installment in rental.installments.all() if installment.is_paid]
    late = [installment for installment in rental.open_installments if installment.is_late(today=today)]
    return Position(
        cash_price=rental.cash_price,
        monthly_rate=rental.monthly_rate,
        total_months=rental.total_months,
        payments_made=len(paid),
        paid_total=sum_of_amounts(paid),
        past_due_count=len(late),
        past_due_amount=sum_of_amounts(late),
        remaining_scheduled=rental.remaining_amount,
        start_date=rental.start_date,
        today=today,
    )


def sum_of_amounts(installments: list[Installment]) -> Decimal:
    return sum((installment.amount for installment in installments), ZERO)


def buyout_quote(rental: Rental, *, now: datetime) -> BuyoutQuote:
    """The price to own the device now, good for a while. Raises WrongRentalStatus."""
    if rental.status != Rental.Status.ACTIVE:
        raise WrongRentalStatus(f"The rental is not eligible for buyout: it is {rental.status}.")
    return BuyoutQuote(
        price=price_of(position_of(rental, today=now.date()), from_json(rental.pack)),
        fees=rental.late_fees_due,
        currency=rental.currency,
        payments_made=rental.payments_made,
        valid_until=now + timedelta(minutes=settings.BUYOUT_QUOTE_MINUTES),
    )


def quote_holds(link: RentalPayment, quote: BuyoutQuote, *, now: datetime) -> bool:
    """Whether a buyout's payment still holds: it is today's price, or in time and nothing was paid since."""
    if link.payment.amount == quote.total:
        return True
    in_time = link.valid_until is not None and now <= link.valid_until
    return in_time and link.quoted_payments_made == quote.payments_made


@dataclass(frozen=True)
class Receipt:
    """A counted payment, and how the rental stands after it; `buyout_price` is None for one that does not run."""

    amount: Decimal
    currency: str
    transaction_id: str | None
    paid_at: datetime | None
    remaining_amount: Decimal
    buyout_price: Decimal | None


def receipt_of(link: RentalPayment, rental: Rental, *, now: datetime) -> Receipt:
    """The receipt of a payment; the rental is read with its schedule."""
    active = rental.status == Rental.Status.ACTIVE
    return Receipt(
        amount=link.payment.amount,
        currency=link.payment.currency,
        transaction_id=link.payment.charge_id or link.payment.intent_id,
        paid_at=link.counted_at,
        remaining_amount=rental.remaining_amount,
        buyout_price=buyout_quote(rental, now=now).total if active else None,
    )
