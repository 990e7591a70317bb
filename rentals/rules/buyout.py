"""What it costs today to own a rented device: a pure function of where the rental stands and of its rule pack.

The price is the remaining scheduled amount, or less by the formula of the pack; never more, never below zero. Late
fees are no part of it: they are due beside it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import ZERO, quantize
from rentals.rules.packs.rules import (
    CASH_PRICE_LESS_PAYMENTS,
    FORMULAS,
    PRORATED_CASH_PRICE,
    REMAINING_SCHEDULED,
    BuyoutRule,
    RulePack,
)
from rentals.rules.schedule import add_months


@dataclass(frozen=True, slots=True)
class Position:
    """Where a rental stands on a day. Amounts are to the cent, in the rental's currency.

    `payments_made` counts paid installments, `paid_total` is what they brought. `past_due_count` and
    `past_due_amount` are the open installments due before today, without late fees. `remaining_scheduled` is the
    sum of all open installments, those included. `start_date` is the first day of the agreement.
    ValueError when a figure is negative or the counts do not fit in `total_months`.
    """

    cash_price: Decimal
    monthly_rate: Decimal
    total_months: int
    payments_made: int
    paid_total: Decimal
    past_due_count: int
    past_due_amount: Decimal
    remaining_scheduled: Decimal
    start_date: date
    today: date

    def __post_init__(self) -> None:
        sums = (self.cash_price, self.monthly_rate, self.paid_total, self.past_due_amount, self.remaining_scheduled)
        if min(sums) < 0 or min(self.payments_made, self.past_due_count) < 0 or self.total_months < 1:
            raise ValueError("A rental has at least one month, and no figure of it is below zero.")
        if self.payments_made + self.past_due_count > self.total_months:
            raise ValueError("More payments are made and past due than the rental has.")

    @property
    def open_payments(self) -> int:
        return self.total_months - self.payments_made - self.past_due_count


@dataclass(frozen=True, slots=True)
class BuyoutPrice:
    """A price of early purchase and how it came about.

    `price` is what to pay, `formula` the name of the formula in force (see `rentals.rules.packs.rules.FORMULAS`),
    `formula_amount` what it gives by itself (it may be below zero), `inputs` everything that went into it, as values
    that are ready for JSON: Decimals, whole numbers, days, texts.
    """

    price: Decimal
    formula: str
    formula_amount: Decimal
    remaining_scheduled: Decimal
    inputs: dict[str, Any]


def quote(position: Position, pack: RulePack) -> BuyoutPrice:
    """The price today: min(formula, remaining scheduled), at least zero, to the cent (half up)."""
    rule = rule_in_force(position, pack)
    amount = quantize(_AMOUNTS[rule.formula](position, rule))
    return BuyoutPrice(
        price=max(ZERO, min(amount, quantize(position.remaining_scheduled))),
        formula=rule.formula,
        formula_amount=amount,
        remaining_scheduled=quantize(position.remaining_scheduled),
        inputs=_inputs(position, pack, rule),
    )


def rule_in_force(position: Position, pack: RulePack) -> BuyoutRule:
    """The first rule of the pack whose months, the last day included, are not over."""
    for rule in pack.buyout[:-1]:
        if rule.within_months and position.today <= add_months(position.start_date, rule.within_months):
            return rule
    return pack.buyout[-1]


def _remaining_scheduled(position: Position, rule: BuyoutRule) -> Decimal:
    return position.remaining_scheduled


def _prorated_cash_price(position: Position, rule: BuyoutRule) -> Decimal:
    """Past due + cash price * open payments / all payments, at least `minimum_payments` monthly rates."""
    share = position.cash_price * position.open_payments / position.total_months
    return max(position.past_due_amount + share, position.monthly_rate * rule.minimum_payments)


def _cash_price_less_payments(position: Position, rule: BuyoutRule) -> Decimal:
    """Cash price - the credited part of the payments made, with what is past due where the rule adds it."""
    past_due = position.past_due_amount if rule.add_past_due else ZERO
    return position.cash_price + past_due - position.paid_total * rule.credited_percent / 100


_AMOUNTS: dict[str, Callable[[Position, BuyoutRule], Decimal]] = {
    REMAINING_SCHEDULED: _remaining_scheduled,
    PRORATED_CASH_PRICE: _prorated_cash_price,
    CASH_PRICE_LESS_PAYMENTS: _cash_price_less_payments,
}


def _inputs(position: Position, pack: RulePack, rule: BuyoutRule) -> dict[str, Any]:
    return {
        **asdict(position),
        "open_payments": position.open_payments,
        **{name: getattr(rule, name) for name in sorted(FORMULAS[rule.formula])},
        "pack": pack.code,
        "pack_version": pack.version,
        "source": pack.source,
    }
