"""What can be paid under one address, by the key that names it in a body.

Payments knows no orders and no rentals: each app makes its own known in `AppConfig.ready`, for instance
`payables.register("order_id", pay_order)`.
"""

from collections.abc import Callable
from typing import Any

from core.errors import NotFound
from payments.models import Payment

# (user, id) -> the payment to make, with its intent at the gateway. Raises the app's own NotFound and refusals.
Payable = Callable[[Any, int], Payment]

_payables: dict[str, Payable] = {}


def register(key: str, payable: Payable) -> None:
    """From now on `key` ("order_id") names what `payable` pays."""
    _payables[key] = payable


def payment_for(*, key: str, user: Any, subject_id: int) -> Payment:
    """The payment with which `user` pays the thing that `key` and `subject_id` name.

    Raises NotFound for a key that nobody registered, as for a thing that does not exist; else what its app raises.
    """
    payable = _payables.get(key)
    if payable is None:
        raise NotFound(f"{key.removesuffix('_id').capitalize()} not found")
    return payable(user, subject_id)
