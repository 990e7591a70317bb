"""The whole cost of a rental, as it is shown before anything is signed: pure, from the terms and the rule pack."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import ZERO, quantize
from rentals.rules.buyout import Position, quote
from rentals.rules.late_fees import full_fee
from rentals.rules.packs.rules import RulePack
from rentals.rules.schedule import DuePayment, end_date, schedule


@dataclass(frozen=True, slots=True)
class EarlyPurchase:
    """What owning the device costs on `date`, after `month` payments, all made on time."""

    month: int
    date: date
    price: Decimal


@dataclass(frozen=True, slots=True)
class LateFeeTerms:
    """The pack's late fee: its rule, and `fee`, what it makes for one monthly payment not made within the grace days.

    `kind` is none, greater_of or lesser_of (of `percent` and `amount`); `minimum` is the least a fee is.
    """

    kind: str
    grace_days: int
    percent: Decimal
    amount: Decimal
    minimum: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True)
class Disclosure:
    """All figures of a rental. Amounts are to the cent in `currency`.

    `cost_of_renting` is the total less the cash price; it may be below zero. `ownership_date` is the day on which
    the last payment is due: with it, ownership passes (`ownership_passes` says so in words). The last entry of
    `early_purchase` follows the last payment, when nothing is left to pay.
    """

    currency: str
    monthly_rate: Decimal
    total_months: int
    total_amount: Decimal
    cash_price: Decimal
    cost_of_renting: Decimal
    number_of_payments: int
    start_date: date
    end_date: date
    ownership_date: date
    ownership_passes: str
    payments: tuple[DuePayment, ...]
    early_purchase: tuple[EarlyPurchase, ...]
    late_fee: LateFeeTerms
    pack_code: str
    pack_name: str
    pack_version: int
    pack_sources: tuple[str, ...]


def disclose(
    *, cash_price: Decimal, monthly_rate: Decimal, total_months: int, start_date: date, pack: RulePack, currency: str
) -> Disclosure:
    """The figures of a rental from `start_date` under `pack`.

    ValueError when the months are below 1, the rate is not above zero or the cash price is below zero.
    """
    payments = tuple(schedule(monthly_rate=monthly_rate, months=total_months, start=start_date))
    total = sum((payment.amount for payment in payments), ZERO)
    last = payments[-1].due_date
    return Disclosure(
        currency=currency,
        monthly_rate=quantize(monthly_rate),
        total_months=total_months,
        total_amount=total,
        cash_price=quantize(cash_price),
        cost_of_renting=quantize(total - cash_price),
        number_of_payments=len(payments),
        start_date=start_date,
        end_date=end_date(start_date, total_months),
        ownership_date=last,
        ownership_passes=f"With the last payment, due on {last.isoformat()}, or with an early purchase.",
        payments=payments,
        early_purchase=early_purchases(cash_price=cash_price, payments=payments, pack=pack),
        late_fee=_late_fee(monthly_rate, pack),
        pack_code=pack.code,
        pack_name=pack.name,
        pack_version=pack.version,
        pack_sources=pack.sources,
    )


def early_purchases(
    *, cash_price: Decimal, payments: tuple[DuePayment, ...], pack: RulePack
) -> tuple[EarlyPurchase, ...]:
    """The price after each payment of the schedule, made on the day it is due with all before it."""
    positions = (_on_time(cash_price, payments, made) for made in range(1, len(payments) + 1))
    return tuple(
        EarlyPurchase(month=position.payments_made, date=position.today, price=quote(position, pack).price)
        for position in positions
    )


def as_json(disclosure: Disclosure) -> dict[str, Any]:
    """The disclosure as nested dicts and lists; amounts stay Decimals and days stay dates, for the renderer."""
    return {
        **asdict(disclosure),
        "payments": [asdict(payment) for payment in disclosure.payments],
        "early_purchase": [asdict(price) for price in disclosure.early_purchase],
        "pack_sources": list(disclosure.pack_sources),
    }


def _on_time(cash_price: Decimal, payments: tuple[DuePayment, ...], made: int) -> Position:
    """Where a rental stands on the due date of payment `made`, just paid."""
    return Position(
        cash_price=cash_price,
        monthly_rate=payments[0].amount,
        total_months=len(payments),
        payments_made=made,
        paid_total=sum((payment.amount for payment in payments[:made]), ZERO),
        past_due_count=0,
        past_due_amount=ZERO,
        remaining_scheduled=sum((payment.amount for payment in payments[made:]), ZERO),
        start_date=payments[0].due_date,
        today=payments[made - 1].due_date,
    )


def _late_fee(monthly_rate: Decimal, pack: RulePack) -> LateFeeTerms:
    return LateFeeTerms(**asdict(pack.late_fee), fee=full_fee(monthly_rate, pack.late_fee))
