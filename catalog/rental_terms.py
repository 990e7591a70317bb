"""What a product costs a month, by term. What the law of a place adds to that is for `rentals`."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import prefetch_related_objects

from catalog.models import Product, RentalTerm
from core.money import CENT, MAX_AMOUNT, ZERO_DECIMAL

LEAST_SHARE = Decimal("0.99")  # of the cash price: a rental that costs less would be a gift


class Term(NamedTuple):
    """A number of months, the rate of each, and what they come to."""

    months: int
    monthly_rate: Decimal
    total: Decimal


def with_terms(products: Iterable[Product]) -> list[Product]:
    """The same products, each with its terms on offer as `rental_terms`; two queries for all of them."""
    known = list(products)
    rentable = [product for product in known if product.is_rentable]
    factors = RentalTerm.objects.factors() if rentable else {}
    prefetch_related_objects(rentable, "rental_rates")
    for product in known:
        terms = all_terms(product, factors, own=own_rates(product)) if product.is_rentable else []
        product.rental_terms = [term for term in terms if not why_not(product, term)]
    return known


def own_rates(product: Product) -> dict[int, Decimal]:
    """The product's own rates by term; they stand instead of those that follow from the factor."""
    return {rate.months: rate.monthly_rate for rate in product.rental_rates.all()}


def all_terms(product: Product, factors: Mapping[int, Decimal], *, own: Mapping[int, Decimal]) -> list[Term]:
    """What each term would cost, offered or not: at the product's own rate, else by the factor, rounded up."""
    base = (product.rental_price or 0) * settings.RENTAL_BASE_MONTHS
    unit = Decimal(1) if product.currency in ZERO_DECIMAL else CENT
    rates = {
        months: own.get(months) or (base * factor / months).quantize(unit, rounding=ROUND_CEILING)
        for months, factor in factors.items()
    }
    return [Term(months, rate, rate * months) for months, rate in rates.items() if rate]


def why_not(product: Product, term: Term) -> str:
    """Why the term is not offered, for staff; empty where it is."""
    if term.total > MAX_AMOUNT:
        return "larger than an amount can be"
    if term.total < product.price * LEAST_SHARE:
        return "less than the cash price"
    return ""
