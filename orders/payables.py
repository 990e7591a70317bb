"""Orders, as payments sees them: something that is paid."""

from typing import Any

from orders import fulfilment
from orders.errors import OrderNotFound
from orders.models import Order
from payments.models import Payment


def pay_order(user: Any, order_id: int) -> Payment:
    """The payment to make for the user's order. Raises OrderNotFound, and as `payment_intent_for` does."""
    order = Order.objects.visible_to(user).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return fulfilment.payment_intent_for(order=order)
