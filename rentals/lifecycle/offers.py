"""What a rental of a product costs, shown before anybody signs."""

from dataclasses import replace
from datetime import date

from django.conf import settings

from catalog.models import Product
from core.money import MAX_AMOUNT
from rentals.errors import NotRentable, ProductNotFound, UnknownTerm
from rentals.rules.disclosure import Disclosure, disclose
from rentals.rules.packs import LateFeeRule, RulePack, pack_for


def pack_in_force(*, country: str, state: str, on: date) -> RulePack:
    """The rules of that place for contracts of that day; without a late fee unless the shop charges any."""
    pack = pack_for(country=country, state=state, on=on)
    if settings.LATE_FEES:
        return pack
    return replace(pack, late_fee=LateFeeRule(grace_days=pack.late_fee.grace_days))


def rentable_product(product_id: int) -> Product:
    """The product with its names. Raises ProductNotFound, NotRentable."""
    product = Product.objects.on_sale().with_names().filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound
    if not (product.is_rentable and product.rental_price):
        raise NotRentable
    return product


def offered_term(months: int) -> int:
    """The number of months. Raises UnknownTerm."""
    if months not in settings.RENTAL_TERMS:
        offered = ", ".join(str(term) for term in settings.RENTAL_TERMS)
        raise UnknownTerm(f"total_months: one of {offered}.", details={"total_months": [f"One of {offered}."]})
    return months


def figures(*, product: Product, total_months: int, pack: RulePack, start_date: date) -> Disclosure:
    """The whole cost of renting `product`, as the customer is shown it and the contract carries it.

    Raises NotRentable for a rate that makes a total larger than an amount can hold.
    """
    rate = product.rental_price
    if rate is None or rate * total_months > MAX_AMOUNT:
        raise NotRentable
    return disclose(
        cash_price=product.price,
        monthly_rate=rate,
        total_months=offered_term(total_months),
        start_date=start_date,
        pack=pack,
        currency=product.currency,
    )


def quote(*, product_id: int, total_months: int, country: str, state: str, today: date) -> tuple[Product, Disclosure]:
    """What renting costs at that place. Raises ProductNotFound, NotRentable, UnknownTerm."""
    offered_term(total_months)
    product = rentable_product(product_id)
    pack = pack_in_force(country=country, state=state, on=today)
    return product, figures(product=product, total_months=total_months, pack=pack, start_date=today)
