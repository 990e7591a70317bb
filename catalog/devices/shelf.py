"""Devices that come to the shelf and leave it, without any customer."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.models import User
from catalog.devices.grading import in_grade
from catalog.devices.holding import lock_products
from catalog.devices.serials import clean_serials, devices_by_serial
from catalog.errors import NotTracked, SerialTaken
from catalog.models import Device, Product

Status = Device.Status


def add_devices(
    *,
    product: Product,
    serials: Sequence[str],
    grade: str,
    cost: Decimal | None = None,
    by: User | None = None,
    note: str = "",
) -> list[Device]:
    """Receive goods: devices in stock, as the product of their grade; the count goes up with them.

    `cost` is what one of them cost. Raises NotTracked, BadSerial, RepeatedSerial, SerialTaken.
    """
    target = in_grade(product=product, grade=grade)
    if not target.is_serialized:
        raise NotTracked
    cleaned = clean_serials(serials)
    refuse_taken_serials(cleaned)
    devices = [Device(product=target, serial=serial, grade=grade, cost=cost) for serial in cleaned]
    try:
        with transaction.atomic():
            for device in devices:
                device.save(force_insert=True)
                device.begin(by=by, note=note or "Received")
    except IntegrityError:
        refuse_taken_serials(cleaned)
        raise
    return devices


def refuse_taken_serials(serials: Sequence[str]) -> None:
    """Raise SerialTaken, with where they are, when devices have these serials."""
    if taken := devices_by_serial(serials):
        known = [f"{serial} ({device.get_status_display().lower()})" for serial, device in taken.items()]
        raise SerialTaken("There is a device with this serial number already", known)


def to_repair(*, device: Device, by: User | None = None, note: str = "") -> Device:
    """Off the shelf, to the workshop. Raises WrongStatus."""
    return take_off_shelf(device, Status.IN_REPAIR, by=by, note=note)


def retire(*, device: Device, by: User | None = None, note: str = "") -> Device:
    """The device is not for customers any longer. Raises WrongStatus."""
    return take_off_shelf(device, Status.RETIRED, by=by, note=note)


def take_off_shelf(device: Device, status: str, *, by: User | None, note: str) -> Device:
    """Move a device that no order or contract holds."""
    lock_products([device.product_id])
    device.move_to(status, by=by, note=note)
    return device
