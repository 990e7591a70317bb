"""Pieces of an order that come back: to the shelf, or with a serial number to whoever grades them."""

from collections import defaultdict
from collections.abc import Sequence

from accounts.models import User
from catalog import devices, stock
from catalog.devices.holding import lock_products
from catalog.errors import SerialsMissing, WrongDevice
from catalog.models import Device
from orders.errors import AlreadyRestocked
from orders.models import Order, OrderLine

Chosen = dict[int, list[Device]]


def put_back(
    *, order: Order, pieces: Sequence[tuple[OrderLine, int]], serials: Sequence[str], by: User
) -> dict[int, list[str]]:
    """Take these pieces of each line back; the serials of the devices among them, by product id.

    Counted pieces are in stock at once. Devices that were sold wait to be graded, those that never left are in
    stock; `serials` names one for each piece that has one. The caller holds the order's lock.
    Raises AlreadyRestocked, WrongDevice, SerialsMissing.
    """
    lock_products(line.product_id for line, _ in pieces)
    chosen = chosen_devices(order, serials)
    for line, quantity in pieces:
        note_restocked(line, quantity)
    refuse_others(chosen, {line.product_id for line, _ in pieces if is_tracked(line)})
    for line, quantity in pieces:
        if is_tracked(line):
            take_devices(order, line, quantity, chosen.get(line.product_id, []), by=by)
        else:
            reason = f"Refunded: order #{order.pk}"
            stock.give_back({line.product_id: quantity}, holder=order.holder, by=by, reason=reason)
    return {product_id: [device.serial for device in those] for product_id, those in chosen.items()}


def is_tracked(line: OrderLine) -> bool:
    """Whether the product's pieces have serial numbers by now; read after its row was locked."""
    line.product.refresh_from_db(fields=["is_serialized"])
    return line.product.is_serialized


def note_restocked(line: OrderLine, quantity: int) -> None:
    """Write on the line that so many pieces came back. Raises AlreadyRestocked."""
    left = line.quantity - line.restocked_quantity
    if quantity > left:
        raise AlreadyRestocked(f"restock: {line.restocked_quantity} of {line.product_name} came back already.")
    line.restocked_quantity += quantity
    line.save(update_fields=["restocked_quantity"])


def chosen_devices(order: Order, serials: Sequence[str]) -> Chosen:
    """The devices with these serials, by product id. Raises WrongDevice for those that the order does not have."""
    given = devices.clean_serials(serials)
    held = Device.objects.held_by(order.holder).filter(serial__in=given).order_by("product_id", "pk")
    if strange := sorted(set(given) - {device.serial for device in held}):
        raise WrongDevice("Not with this order", strange)
    by_product: Chosen = defaultdict(list)
    for device in held:
        by_product[device.product_id].append(device)
    return by_product


def refuse_others(chosen: Chosen, product_ids: set[int]) -> None:
    """Raise WrongDevice for devices of products that are not refunded."""
    if others := [device.serial for key in sorted(chosen.keys() - product_ids) for device in chosen[key]]:
        raise WrongDevice("Not one of the refunded pieces", others)


def take_devices(order: Order, line: OrderLine, quantity: int, chosen: list[Device], *, by: User) -> None:
    """Take back a line's devices, one for each piece; a piece from before it was tracked has none.

    Raises SerialsMissing.
    """
    needed = min(quantity, Device.objects.held_by(order.holder).filter(product=line.product_id).count())
    if len(chosen) != needed:
        raise SerialsMissing(f"Choose {needed} of {line.product_name}, not {len(chosen)}")
    for device in chosen:
        if device.status == Device.Status.RESERVED:
            devices.release_device(device=device, by=by, note=f"Refunded: order #{order.pk}")
        else:
            devices.take_back_device(device=device, by=by, note=f"Refunded: order #{order.pk}")
