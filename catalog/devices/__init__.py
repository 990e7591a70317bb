"""What happens to single devices. Every verb runs inside its caller's transaction.

Lock order: the order or contract, then products by their keys, then their devices by theirs. Whoever changes a
device's status locks its product first; so the product's row says who is next, and no device is skipped or taken
twice. The count of a product follows the status of its devices (`catalog.stock`).

A holder is `order:<id>` or `rental:<id>`.
"""

from catalog.devices.grading import check_in, in_grade
from catalog.devices.holding import (
    hand_over,
    hand_over_all,
    mark_sold,
    release,
    release_device,
    reserve,
    take_back,
    take_back_device,
)
from catalog.devices.serials import clean_serials, serials_of
from catalog.devices.shelf import add_devices, retire, to_repair

__all__ = [
    "add_devices",
    "check_in",
    "clean_serials",
    "hand_over",
    "hand_over_all",
    "in_grade",
    "mark_sold",
    "release",
    "release_device",
    "reserve",
    "retire",
    "serials_of",
    "take_back",
    "take_back_device",
    "to_repair",
]
