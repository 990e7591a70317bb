"""Which devices are in the parcel."""

from collections import defaultdict
from collections.abc import Sequence

from accounts.models import User
from catalog import devices
from orders.models import Order


def ship_devices(*, order: Order, serials: Sequence[str] | None, by: User) -> None:
    """Sell the devices with these serials, or the reserved ones, and note them on the order's lines.

    The caller holds the order's lock. Raises what `devices.hand_over_all` raises.
    """
    sold: dict[int, list[str]] = defaultdict(list)
    for device in devices.hand_over_all(holder=order.holder, state="sold", serials=serials, by=by):
        sold[device.product_id].append(device.serial)
    for line in order.lines.all():
        if line.product_id in sold:
            line.serials = sold[line.product_id]
            line.save(update_fields=["serials"])
