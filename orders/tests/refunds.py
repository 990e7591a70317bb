"""What staff do when they give money back, in one line each, for the tests."""

from decimal import Decimal

from accounts.tests.factories import AddressFactory, ManagerFactory, UserFactory
from catalog.tests.factories import ProductFactory
from orders.models import Order, ShippingMethod, TaxRate
from orders.placing import place_order
from orders.refunds.refunding import Wanted, refund_order
from orders.tests.shop import pay

TEN, SIX = Decimal("10.00"), Decimal("6.00")


def bought(*goods, percent="8.25", shipping="12.00", paid=True, products=()):
    """An order over these (price, quantity), taxed and shipped at these rates, and paid."""
    ShippingMethod.objects.update_or_create(
        code="standard", defaults={"name": "Standard", "price": Decimal(shipping)}
    )
    TaxRate.objects.update_or_create(country="US", state="", defaults={"percent": Decimal(percent)})
    address = AddressFactory(user=UserFactory(), state="")
    made = [ProductFactory(price=Decimal(price), inventory_count=quantity) for price, quantity in goods]
    items = [
        {"product_id": product.pk, "quantity": quantity} for product, (_, quantity) in zip(made, goods, strict=True)
    ]
    items += [{"product_id": product.pk, "quantity": quantity} for product, quantity in products]
    order = place_order(user=address.user, items=items, shipping_address_id=address.pk)
    if paid:
        pay(order)
    return order


def give_back(order, quantities=None, *, reason="Scratched", by=None, key=None, **wanted):
    """Staff refund pieces (by the place of their line), the shipping, or an amount; what went back."""
    lines = list(order.lines.order_by("pk"))
    chosen = {lines[place].pk: quantity for place, quantity in (quantities or {}).items()}
    by = by or ManagerFactory()
    made = refund_order(order=order, wanted=Wanted(chosen, **wanted), reason=reason, by=by, key=key)
    return sum(refund.amount for refund in made)


def stands(order):
    """Where the order's money stands: its status, and what was kept of its counted payments."""
    order = Order.objects.get(pk=order.pk)
    kept = sum(payment.amount - payment.refunded_amount for payment in order.counted_payments())
    return order.payment_status, kept


def in_stock(order):
    """What is on the shelf of each of its products, in the order of its lines."""
    return [line.product.inventory_count for line in order.lines.select_related("product").order_by("pk")]
