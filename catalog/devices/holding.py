"""Devices for an order or a contract: reserved, handed over, taken back."""

from collections.abc import Iterable, Sequence
from typing import Literal

from accounts.models import User
from catalog.devices.serials import clean_serials, devices_by_serial
from catalog.errors import DeviceNotInStock, OutOfStock, SerialsMissing, UnknownSerial, WrongDevice
from catalog.models import Device, DeviceHold, Product
from core.states import WrongStatus

Status = Device.Status
HandedOver = Literal["sold", "rented"]


def reserve(*, product: Product, quantity: int, holder: str, by: User | None = None) -> list[Device]:
    """Reserve the first `quantity` devices in stock; the product's count goes down with them. Raises OutOfStock."""
    enough = Product.objects.on_sale().filter(pk=product.pk, is_serialized=True, inventory_count__gte=quantity)
    locked = enough.select_for_update().first()
    chosen = list(locked.devices.in_stock().order_by("pk")[:quantity]) if locked else []
    if len(chosen) < quantity:
        raise OutOfStock(f"Insufficient stock for {product.name}.")
    for device in chosen:
        reserve_device(device, holder=holder, by=by)
    return chosen


def release(*, holder: str, by: User | None = None, product_id: int | None = None) -> list[Device]:
    """Put what is reserved for `holder` (of one product, or all) back into stock; the devices."""
    devices = lock_held_devices(holder, Status.RESERVED, product_id=product_id)
    for device in devices:
        end_reservation(device, Status.IN_STOCK, holder=holder, by=by, note=f"Not needed by {holder_label(holder)}")
    return devices


def hand_over(*, holder: str, device_or_serial: Device | str, state: HandedOver, by: User | None = None) -> Device:
    """Give out one device: the reserved one, or another in stock of the same product, which takes its place.

    The reserved one goes back into stock when another is given.
    Raises BadSerial, UnknownSerial, WrongDevice, DeviceNotInStock.
    """
    serial = device_or_serial.serial if isinstance(device_or_serial, Device) else device_or_serial
    reserved = lock_held_devices(holder, Status.RESERVED)
    device = exchange_reserved(reserved, [serial], holder=holder, by=by)[0]
    device.move_to(state, by=by, note=f"For {holder_label(holder)}")
    return device


def hand_over_all(
    *, holder: str, state: HandedOver, serials: Sequence[str] | None = None, by: User | None = None
) -> list[Device]:
    """Give out everything that is reserved: these serials, one for each piece; by default the reserved devices.

    Raises what `hand_over` raises, RepeatedSerial, and SerialsMissing when there are fewer serials than pieces.
    """
    devices = reserved = lock_held_devices(holder, Status.RESERVED)
    if serials is not None:
        devices = exchange_reserved(reserved, serials, holder=holder, by=by)
    if len(devices) < len(reserved):
        raise SerialsMissing(f"{len(reserved)} are needed, one for each piece, and {len(devices)} were given")
    for device in devices:
        device.move_to(state, by=by, note=f"For {holder_label(holder)}")
    return devices


def take_back(*, holder: str, by: User | None = None, note: str = "") -> list[Device]:
    """What was sold or rented comes back and waits to be graded; `holder` has it no longer."""
    devices = lock_held_devices(holder, Status.SOLD, Status.RENTED)
    for device in devices:
        end_reservation(device, Status.RETURNED, holder=holder, by=by, note=note or f"From {holder_label(holder)}")
    return devices


def take_back_device(*, device: Device, by: User | None = None, note: str = "") -> Device:
    """A device that was sold comes back. Raises WrongStatus; a rented one comes back with its contract."""
    lock_products([device.product_id])
    if device.lock().status != Status.SOLD:
        raise WrongStatus(f"The device cannot come back: it is {device.status}.")
    end_reservation(device, Status.RETURNED, holder=device.hold.held_by, by=by, note=note)
    return device


def release_device(*, device: Device, by: User | None = None, note: str = "") -> Device:
    """A device that was reserved and has not left is in stock again. Raises WrongStatus."""
    lock_products([device.product_id])
    if device.lock().status != Status.RESERVED:
        raise WrongStatus(f"The device cannot be released: it is {device.status}.")
    end_reservation(device, Status.IN_STOCK, holder=device.hold.held_by, by=by, note=note)
    return device


def mark_sold(*, holder: str, by: User | None = None, note: str = "") -> list[Device]:
    """What was rented belongs to the customer now, and stays with its contract."""
    devices = lock_held_devices(holder, Status.RENTED)
    for device in devices:
        device.move_to(Status.SOLD, by=by, note=note or f"Paid in full: {holder_label(holder)}")
    return devices


def exchange_reserved(
    reserved: Sequence[Device], serials: Iterable[str], *, holder: str, by: User | None
) -> list[Device]:
    """The devices with these serials, each of them now reserved; those whose place they take are in stock again."""
    given = devices_by_serial(cleaned := clean_serials(serials))
    if unknown := [serial for serial in cleaned if serial not in given]:
        raise UnknownSerial("No device has this serial number", unknown)
    spare = [device for device in reserved if device.serial not in given]
    already = {device.pk for device in reserved}
    for serial in cleaned:
        device = given[serial]
        if device.pk in already:
            continue
        replaced = device_to_release(device, spare)
        spare = [other for other in spare if other is not replaced]
        note = f"{serial} went to {holder_label(holder)} instead"
        end_reservation(replaced, Status.IN_STOCK, holder=holder, by=by, note=note)
        reserve_device(device, holder=holder, by=by)
    return [given[serial] for serial in cleaned]


def device_to_release(device: Device, spare: Sequence[Device]) -> Device:
    """Which of the reserved ones goes back when `device` is given. Raises WrongDevice, DeviceNotInStock."""
    replaced = next((other for other in spare if other.product_id == device.product_id), None)
    if replaced is None:
        raise WrongDevice(f"None of the devices to hand over, but {device.product}", [device.serial])
    if device.status != Status.IN_STOCK:
        raise DeviceNotInStock(f"Not in stock, but {device.get_status_display().lower()}", [device.serial])
    return replaced


def lock_held_devices(holder: str, *statuses: str, product_id: int | None = None) -> list[Device]:
    """What `holder` has in these statuses, by key; with their products locked, no other transaction moves them."""
    held = Device.objects.held_by(holder).filter(status__in=statuses)
    if product_id is not None:
        held = held.filter(product=product_id)
    lock_products(held.values_list("product_id", flat=True))
    return list(held.order_by("pk"))


def lock_products(ids: Iterable[int]) -> None:
    """Lock the products' rows, in the order of their keys, until the transaction ends."""
    list(Product.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk").values_list("pk"))


def reserve_device(device: Device, *, holder: str, by: User | None) -> None:
    """Reserve the device; the row of the hold is what keeps it from every other order and contract."""
    device.move_to(Status.RESERVED, by=by, note=f"For {holder_label(holder)}", reference=holder)
    DeviceHold.objects.create(device=device, held_by=holder)


def end_reservation(device: Device, status: str, *, holder: str, by: User | None, note: str) -> None:
    """Move the device, which `holder` has no longer, to `status`."""
    DeviceHold.objects.filter(device=device).delete()
    device.move_to(status, by=by, note=note, reference=holder)


def holder_label(holder: str) -> str:
    """A holder for people: `order:5` is "order #5"."""
    return holder.replace(":", " #")
