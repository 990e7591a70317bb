"""Serial numbers as people type them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from catalog.errors import BadSerial, RepeatedSerial
from catalog.models import Device, DeviceHold
from catalog.models.device import SERIAL

MAX_LENGTH = 64


def clean_serials(serials: Iterable[str]) -> list[str]:
    """Trimmed and in capitals, in their order. Raises BadSerial, RepeatedSerial."""
    cleaned = [serial.strip().upper() for serial in serials]
    if bad := [serial[:MAX_LENGTH] for serial in cleaned if not is_valid_serial(serial)]:
        raise BadSerial("These are no serial numbers (letters, digits and . _ : / + # -)", map(repr, bad))
    if repeated := [serial for serial, times in Counter(cleaned).items() if times > 1]:
        raise RepeatedSerial("Given more than once", repeated)
    return cleaned


def is_valid_serial(serial: str) -> bool:
    """Whether it looks like a serial number and fits into its column."""
    return len(serial) <= MAX_LENGTH and re.match(SERIAL, serial) is not None


def devices_by_serial(serials: Iterable[str]) -> dict[str, Device]:
    """The devices with these clean serial numbers."""
    return {device.serial: device for device in Device.objects.filter(serial__in=list(serials))}


def serials_of(*, holder: str) -> dict[int, list[str]]:
    """The serial numbers that an order or contract holds, by product id; one query."""
    held = DeviceHold.objects.filter(held_by=holder).order_by("device_id")
    by_product: dict[int, list[str]] = defaultdict(list)
    for product_id, serial in held.values_list("device__product_id", "device__serial"):
        by_product[product_id].append(serial)
    return dict(by_product)
