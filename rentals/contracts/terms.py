"""What a contract is written from: one JSON-able value, frozen with the contract.

Amounts are strings with the digits of `currency` ("49.99"), days are ISO dates ("2025-04-01"), so that the value
reads back the same from every database. Nothing else goes into the text: the same terms always give the same text.
"""

from collections.abc import Mapping
from typing import Any, TypedDict, get_args, get_origin, get_type_hints, is_typeddict


class TemplateTerms(TypedDict):
    """Which template words the contract: see `text.choose_template`."""

    version: str
    language: str
    jurisdiction: str


class ShopTerms(TypedDict):
    """The lessor; the address in one line, empty when the operator gave none."""

    name: str
    address: str


class CustomerTerms(TypedDict):
    name: str
    email: str
    address: str


class ProductTerms(TypedDict):
    """What is rented; `serial` is empty where there is none."""

    name: str
    sku: str
    condition: str
    serial: str


class DeliveryTerms(TypedDict):
    """Where it goes; the address in one line."""

    name: str
    address: str


class PaymentTerms(TypedDict):
    """One payment, and what owning the product costs once this and all before it are made on time."""

    number: int
    due_date: str
    amount: str
    price_after: str


class EarlyPurchaseTerms(TypedDict):
    """A formula of early purchase, as in `rentals.rules.packs.rules.BuyoutRule`; `until` is its last day or empty."""

    formula: str
    until: str
    minimum_payments: int
    credited_percent: str
    add_past_due: bool


class LateFeeTerms(TypedDict):
    """The late fee, as in `rentals.rules.packs.rules.LateFeeRule`; `fee` is what it makes for one payment.

    `minimum` is empty where there is none.
    """

    kind: str
    grace_days: int
    percent: str
    amount: str
    minimum: str
    fee: str


class PackTerms(TypedDict):
    """The rules that the formulas come from, and the law that these cite."""

    code: str
    name: str
    version: int
    sources: list[str]


class ContractTerms(TypedDict):
    """Everything that a contract says. `place` is whose law governs; `consent_version` names the consent's words."""

    template: TemplateTerms
    number: str
    rental_id: int
    made_on: str
    shop: ShopTerms
    customer: CustomerTerms
    product: ProductTerms
    delivery: DeliveryTerms
    currency: str
    monthly_rate: str
    total_months: int
    total_amount: str
    cash_price: str
    cost_of_renting: str
    start_date: str
    end_date: str
    ownership_date: str
    due_day: int
    payments: list[PaymentTerms]
    early_purchase: list[EarlyPurchaseTerms]
    late_fee: LateFeeTerms
    pack: PackTerms
    place: str
    consent_version: str


# Which keys hold amounts and days, at any depth.
AMOUNTS = frozenset(
    {
        "amount",
        "cash_price",
        "cost_of_renting",
        "fee",
        "minimum",
        "monthly_rate",
        "price_after",
        "total_amount",
    }
)
DAYS = frozenset({"due_date", "end_date", "made_on", "ownership_date", "start_date", "until"})


class BadTerms(ValueError):
    """Terms that are not of the shape of ContractTerms; the text names the place."""


def check_terms(terms: Any) -> None:
    """Raises BadTerms unless `terms` has exactly the keys and types of ContractTerms, at every depth."""
    _check(terms, ContractTerms, "terms")


def _check(value: Any, shape: Any, where: str) -> None:
    if is_typeddict(shape):
        _check_keys(value, get_type_hints(shape), where)
    elif get_origin(shape) is list:
        _check_list(value, get_args(shape)[0], where)
    elif type(value) is not shape:
        raise BadTerms(f"{where} must be {shape.__name__}, not {type(value).__name__}.")


def _check_keys(value: Any, shapes: dict[str, Any], where: str) -> None:
    if not isinstance(value, Mapping) or set(value) != set(shapes):
        found = set(value) if isinstance(value, Mapping) else set()
        raise BadTerms(f"{where} must have other keys: {sorted(map(str, found ^ set(shapes)))}.")
    for key, shape in shapes.items():
        _check(value[key], shape, f"{where}.{key}")


def _check_list(value: Any, shape: Any, where: str) -> None:
    if not isinstance(value, list) or not value:
        raise BadTerms(f"{where} must be a list with at least one entry.")
    for place, item in enumerate(value):
        _check(item, shape, f"{where}[{place}]")
