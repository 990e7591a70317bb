"""What a rental of a product costs, shown before anybody signs."""

from dataclasses import replace
from datetime import date

from django.conf import settings

from catalog.models import Product
from catalog.rental_terms import Term, with_terms
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
    """The product with its names and terms. Raises ProductNotFound, NotRentable."""
    product = Product.objects.on_sale().with_names().filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound
    if not product.is_rentable:
        raise NotRentable
    return with_terms([product])[0]


def offered_term(product: Product, months: int) -> Term:
    """The product's term of so many months. Raises NotRentable where it has none, UnknownTerm where it has others."""
    if not product.rental_terms:
        raise NotRentable
    for term in product.rental_terms:
        if term.months == months:
            return term
    offered = ", ".join(str(term.months) for term in product.rental_terms)
    raise UnknownTerm(f"total_months: one of {offered}.", details={"total_months": [f"One of {offered}."]})


def figures(*, product: Product, term: Term, pack: RulePack, start_date: date) -> Disclosure:
    """The whole cost of renting `product`, as the customer is shown it and the contract carries it."""
    return disclose(
        cash_price=product.price,
        monthly_rate=term.monthly_rate,
        total_months=term.months,
        start_date=start_date,
        pack=pack,
        currency=product.currency,
    )


def quote(*, product_id: int, total_months: int, country: str, state: str, today: date) -> tuple[Product, Disclosure]:
    """What renting costs at that place. Raises ProductNotFound, NotRentable, UnknownTerm."""
    product = rentable_product(product_id)
    term = offered_term(product, total_months)
    pack = pack_in_force(country=country, state=state, on=today)
    return product, figures(product=product, term=term, pack=pack, start_date=today)
