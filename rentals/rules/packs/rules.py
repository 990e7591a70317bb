"""What a rule pack says, as frozen data: early purchase, late fee, source. It computes nothing."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

REMAINING_SCHEDULED = "remaining_scheduled"
PRORATED_CASH_PRICE = "prorated_cash_price"
CASH_PRICE_LESS_PAYMENTS = "cash_price_less_payments"
# Every formula of early purchase, with the parameters that it reads.
FORMULAS: dict[str, frozenset[str]] = {
    REMAINING_SCHEDULED: frozenset(),
    PRORATED_CASH_PRICE: frozenset({"minimum_payments"}),
    CASH_PRICE_LESS_PAYMENTS: frozenset({"credited_percent", "add_past_due"}),
}

NO_FEE = "none"
GREATER_OF = "greater_of"
LESSER_OF = "lesser_of"
FEE_KINDS = frozenset({NO_FEE, GREATER_OF, LESSER_OF})


class InvalidPack(ValueError):
    """A pack that cannot be used; the text names the file, the place in it and what is wrong."""


class UnknownPack(LookupError):
    """No pack of that code and version."""


@dataclass(frozen=True, slots=True)
class BuyoutRule:
    """One formula of early purchase with its parameters, and how long after the start it applies.

    `within_months` counts calendar months from the start date, the last day included; None has no end.
    `minimum_payments`: the price is at least so many monthly rates (prorated cash price).
    `credited_percent`: how much of each payment made counts towards the cash price (cash price less payments).
    `add_past_due`: payments past due are added (cash price less payments; the prorated cash price always adds them).
    """

    formula: str
    within_months: int | None = None
    minimum_payments: int = 0
    credited_percent: Decimal = Decimal(100)
    add_past_due: bool = False


@dataclass(frozen=True, slots=True)
class LateFeeRule:
    """The fee for one late payment: none, or the greater or lesser of a percentage and an amount.

    `grace_days` days after the due date are free; `percent` (5 means 5 %) is of the payment; `amount` and `minimum`
    (the least a fee is) are in the shop's currency.
    """

    kind: str = NO_FEE
    grace_days: int = 0
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    minimum: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class RulePack:
    """One version of a jurisdiction's rules. `buyout` is tried in order; its last rule has no end.

    `effective_from` is the first day on which contracts are written under this version; `sources` cite the law.
    """

    code: str
    name: str
    version: int
    effective_from: date
    sources: tuple[str, ...]
    buyout: tuple[BuyoutRule, ...]
    late_fee: LateFeeRule

    @property
    def source(self) -> str:
        return "; ".join(self.sources)


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """The versions of one pack, oldest first, and the addresses that it covers.

    `countries` and `states` hold normalised spellings (`plain`). No states: the whole country. No countries: every
    address that no other pack covers.
    """

    code: str
    countries: frozenset[str]
    states: frozenset[str]
    versions: tuple[RulePack, ...]

    def in_force(self, on: date) -> RulePack | None:
        """The version in force on that day, or None before the first."""
        return next((pack for pack in reversed(self.versions) if pack.effective_from <= on), None)


def plain(name: str) -> str:
    """A country or state as packs compare it: "N.Y.", " new  york " and "New York" lose what does not matter."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace(".", "")
    return " ".join(folded.split())
