"""What repeats about orders."""

from datetime import timedelta

from core.clock.registry import chore
from orders import fulfilment


@chore(
    every=timedelta(minutes=5),
    does="cancels unpaid orders older than `ORDER_HOLD_MINUTES`, gives the stock back",
)
def expire_orders() -> str:
    return f"orders expired: {fulfilment.expire_orders()}"
