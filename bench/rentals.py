"""The rental endpoints: how many queries each uses, and how long it takes, on a throwaway database.

The budgets are the shop's own: my rentals 5, detail with 36 installments 9.
"""

from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings

from accounts.models import Address, User
from bench.databases import throwaway
from bench.orders import ROUNDS, measure
from catalog.models import Category, Product
from core.testing.client import ApiClient
from payments.gateways.sandbox import client as sandbox
from payments.services import confirm
from rentals.contracts.services import record_shown
from rentals.lifecycle.creating import create_rental
from rentals.lifecycle.services import sign_contract
from rentals.models import Rental
from rentals.money.paying import payment_intent_for

RENTALS = 10
MONTHS = 36


def run() -> None:
    """Print one line for each endpoint."""
    unlimited = {name: "" for name in dir(settings) if name.startswith("API_THROTTLE_")}
    with throwaway("rentals"), override_settings(ALLOWED_HOSTS=["testserver"], **unlimited):
        user = customer()
        product = laptop()
        rental = [signed(user, product) for _ in range(RENTALS)][-1]
        api = ApiClient().login_as(user)
        print(f"\nrentals ({connection.vendor}, median of {ROUNDS})")
        measure("my rentals (10 with payments)", 5, lambda: api.get("rentals"))
        measure("detail (36 installments)", 9, lambda: api.get(f"rentals/{rental.pk}"))
        measure("buyout quote", None, lambda: api.get(f"rentals/{rental.pk}/buyout"))
        measure("statistics", None, lambda: api.get("rentals/stats"))
        body = {"product_id": product.pk, "total_months": MONTHS}
        measure("quote of 36 months", None, lambda: api.post("rentals/quote", body))


def customer() -> User:
    """A customer with an address."""
    user, _ = User.objects.get_or_create(email="bench@example.com", defaults={"password": "!"})
    known = {"first_name": "Ada", "last_name": "Lovelace", "street_address": "123 Main St"}
    where = {"city": "New York", "state": "NY", "zip_code": "10001", "country": "US"}
    Address.objects.get_or_create(user=user, **known, **where)
    return user


def laptop() -> Product:
    """A rentable product with a million pieces."""
    category, _ = Category.objects.get_or_create(slug="laptop", defaults={"name": "Laptop"})
    fields = {"name": "Laptop", "price": Decimal("599.99"), "rental_price": Decimal("49.99"), "is_rentable": True}
    made, _ = Product.objects.update_or_create(
        sku="BENCH-RENT", defaults={**fields, "inventory_count": 1_000_000, "category": category}
    )
    return made


def signed(user: User, product: Product) -> Rental:
    """A signed rental whose first installment was paid."""
    address = user.addresses.get()
    rental = create_rental(user=user, product_id=product.pk, total_months=MONTHS, address_id=address.pk)
    record_shown(contract=rental.contract, ip="192.0.2.1", user_agent="bench")
    sign_contract(rental=rental, by=user, ip="192.0.2.1", user_agent="bench")
    payment = payment_intent_for(rental=rental, purpose="installment")
    sandbox.pay(intent_id=str(payment.intent_id), card=sandbox.SUCCESS)
    confirm(payment=payment)
    return rental
