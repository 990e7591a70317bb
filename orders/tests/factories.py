"""Orders for tests, placed as a customer places them."""

from accounts.tests.factories import AddressFactory, UserFactory
from catalog.tests.factories import ProductFactory
from orders.models import Order
from orders.placing import place_order


def make_order(*, user=None, product=None, quantity=1, **product_fields) -> Order:
    """A pending order over one product, which holds its stock."""
    user = user or UserFactory()
    product = product or ProductFactory(**product_fields)
    address = user.addresses.first() or AddressFactory(user=user)
    items = [{"product_id": product.pk, "quantity": quantity}]
    return place_order(user=user, items=items, shipping_address_id=address.pk)
