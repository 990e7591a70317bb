"""Placing an order: prices from the catalogue, stock taken, everything written in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from accounts.models import Address, User
from catalog import stock
from catalog.models import Product
from core.db import transactional
from core.money import MAX_AMOUNT, ZERO, percent_of
from orders.errors import AddressNotFound, ProductNotFound, TooMany, TotalTooLarge, UnknownShippingMethod
from orders.models import Order, OrderLine, ShippingMethod, TaxRate

PAID_NOTE = "Payment confirmed, processing order"
FREE_NOTE = "Nothing to pay, processing order"


@transactional
def place_order(
    *,
    user: User,
    items: Sequence[Mapping[str, int]],
    shipping_address_id: int,
    billing_address_id: int | None = None,
    shipping_method: str = "standard",
    notes: str = "",
) -> Order:
    """Place an order over `items` ({product_id, quantity}); lines of one product count together.

    Raises ProductNotFound, AddressNotFound, UnknownShippingMethod, TooMany, TotalTooLarge, OutOfStock; then nothing
    is changed.
    """
    quantities = combined(items)
    addresses = own_addresses(user, {shipping_address_id, billing_address_id or shipping_address_id})
    shipping, billing = addresses[shipping_address_id], addresses[billing_address_id or shipping_address_id]
    method = offered_method(shipping_method)
    products = products_on_sale(quantities)
    order = build_order(user=user, shipping=shipping, billing=billing, method=method, notes=notes)
    lines = [build_line(order, products[product_id], quantities[product_id]) for product_id in quantities]
    set_totals(order, lines, method)
    order.save(force_insert=True)
    stock.take(quantities, holder=order.holder, by=user)
    order.add_lines(lines)
    order.begin(by=user, note="Order created")
    if order.total == ZERO:
        order.set_payment_status(Order.PaymentStatus.PAID)
        order.move_to(Order.Status.PROCESSING, note=FREE_NOTE)
    return order


def combined(items: Sequence[Mapping[str, int]]) -> dict[int, int]:
    """Product ids with their quantities, repeated lines added up. Raises TooMany."""
    quantities: Counter[int] = Counter()
    for item in items:
        quantities[item["product_id"]] += item["quantity"]
    most = settings.ORDER_MAX_QUANTITY
    for product_id, quantity in quantities.items():
        if quantity > most:
            raise TooMany(f"quantity: at most {most} pieces of product {product_id} in one order.")
    return dict(quantities)


def own_addresses(user: User, ids: set[int]) -> dict[int, Address]:
    """The user's addresses with these ids. Raises AddressNotFound when one is missing."""
    found = Address.objects.visible_to(user).in_bulk(ids)
    if len(found) != len(ids):
        raise AddressNotFound
    return found


def offered_method(code: str) -> ShippingMethod:
    """The shipping method. Raises UnknownShippingMethod."""
    method = ShippingMethod.objects.filter(code=code, is_active=True).first()
    if method is None or method.code != code:  # MySQL finds "Standard" too, SQLite does not
        raise UnknownShippingMethod
    return method


def products_on_sale(quantities: Mapping[int, int]) -> dict[int, Product]:
    """The products with these ids. Raises ProductNotFound when one is missing or archived."""
    found = Product.objects.on_sale().in_bulk(list(quantities))
    if missing := sorted(set(quantities) - set(found)):
        raise ProductNotFound(f"Product not found: {missing[0]}")
    return found


def build_order(*, user: User, shipping: Address, billing: Address, method: ShippingMethod, notes: str) -> Order:
    """The order without its amounts, with its own copies of both addresses."""
    return Order(
        user=user,
        shipping_method=method.code,
        shipping_address_ref=shipping,
        billing_address_ref=billing,
        shipping_address=shipping.as_snapshot(),
        billing_address=billing.as_snapshot(),
        notes=notes,
    )


def build_line(order: Order, product: Product, quantity: int) -> OrderLine:
    """A line with the product's name, SKU, picture and price of this moment."""
    return OrderLine(
        order=order,
        product=product,
        product_name=product.name,
        sku=product.sku,
        image_url=product.picture_url,
        price=product.price,
        quantity=quantity,
        subtotal=product.price * quantity,
    )


def set_totals(order: Order, lines: Sequence[OrderLine], method: ShippingMethod) -> None:
    """Add up goods, shipping, and the tax of the place where they go. Raises TotalTooLarge."""
    where: dict[str, Any] = {key: order.shipping_address[key] for key in ("country", "state")}
    order.subtotal = sum((line.subtotal for line in lines), ZERO)
    order.shipping_total = method.price
    order.tax_total = percent_of(order.subtotal, TaxRate.objects.percent_for(**where))
    order.total = order.subtotal + order.shipping_total + order.tax_total
    if order.total > MAX_AMOUNT:
        raise TotalTooLarge
