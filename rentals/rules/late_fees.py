"""The fee for one late payment: a pure function of its amount, its due date, today and the pack's rule."""

from datetime import date, timedelta
from decimal import Decimal

from core.money import ZERO, percent_of, quantize
from rentals.rules.packs.rules import GREATER_OF, NO_FEE, LateFeeRule


def grace_ends(due_date: date, rule: LateFeeRule) -> date:
    """The last day on which a payment due on `due_date` costs no fee."""
    return due_date + timedelta(days=rule.grace_days)


def full_fee(amount: Decimal, rule: LateFeeRule) -> Decimal:
    """The fee for a payment of `amount` once its grace days are over, to the cent (half up)."""
    if rule.kind == NO_FEE or amount <= 0:
        return ZERO
    choose = max if rule.kind == GREATER_OF else min
    return quantize(max(choose(percent_of(amount, rule.percent), rule.amount), rule.minimum))


def fee_for(*, amount: Decimal, due_date: date, today: date, rule: LateFeeRule) -> Decimal:
    """The fee today for a payment of `amount` due on `due_date` and not made: zero up to the last day of grace.

    It is the whole fee for this payment however late it is; that it is charged once is for the caller to hold.
    """
    return full_fee(amount, rule) if today > grace_ends(due_date, rule) else ZERO
