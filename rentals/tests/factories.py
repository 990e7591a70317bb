"""Rentals for tests, made and signed as a customer does it, and the terms of a contract."""

import json
from decimal import Decimal
from pathlib import Path

from accounts.tests.factories import AddressFactory, UserFactory
from catalog.tests.factories import ProductFactory
from rentals.contracts.services import record_shown
from rentals.contracts.terms import ContractTerms
from rentals.lifecycle.creating import create_rental
from rentals.lifecycle.services import sign_contract
from rentals.models import Rental

DATA = Path(__file__).parent / "data"


def make_rental(*, user=None, product=None, months=12, signed=False, state="CA", **product_fields) -> Rental:
    """A rental of the contract's laptop, pending or signed, delivered to an address in `state`.

    Where no product is given, each month costs its `rental_price`, whatever the term.
    """
    user = user or UserFactory()
    product = product or laptop(months=months, **product_fields)
    address = user.addresses.filter(state=state).first() or AddressFactory(user=user, state=state)
    rental = create_rental(user=user, product_id=product.pk, total_months=months, address_id=address.pk)
    record_shown(contract=rental.contract, ip="192.0.2.1", user_agent="test")
    if signed:
        sign_contract(rental=rental, by=user, ip="192.0.2.1", user_agent="test")
    return Rental.objects.with_details().get(pk=rental.pk)


def laptop(*, months, **fields):
    """The contract's laptop at this rate for the term; it costs no more than renting it comes to."""
    if months == 12:
        return ProductFactory(**fields)
    rate = Decimal(fields.pop("rental_price", "49.99"))
    price = min(Decimal(fields.pop("price", "599.99")), rate * months)
    product = ProductFactory(rental_price=rate, price=price, **fields)
    product.rental_rates.create(months=months, monthly_rate=rate)
    return product


def example_terms(**changes) -> ContractTerms:
    """The terms of 12 months at 49.99 in California, anew each time; `changes` replace keys."""
    return {**json.loads((DATA / "contract_terms.json").read_text(encoding="utf-8")), **changes}
