"""What the stand-ins sell: the same in the ERP and both shops, with different stock."""

from typing import NamedTuple

CURRENCY = "NGN"


class Item(NamedTuple):
    """A SKU and its stock in each of the three; None where it is not sold."""

    sku: str
    name: str
    price: str
    prokip: int | None
    shopify: int | None
    woo: int | None
    group: str = ""  # the product whose variant it is
    tracked: bool = True
    parts: tuple[tuple[str, int], ...] = ()  # of a bundle: SKUs and how many of each


ITEMS = [
    Item("PHONE-A", "Phone A 128 GB", "250000.00", 20, 18, 20),
    Item("PHONE-B", "Phone B 256 GB", "410000.00", 7, 7, 3),
    Item("PHONE-C", "Phone C mini", "150000.00", 1, 1, 1),
    Item("TABLET-10", 'Tablet 10"', "320000.00", 12, 0, 15),
    Item("LAPTOP-13", 'Laptop 13"', "780000.00", 4, 4, 4),
    Item("LAPTOP-15", 'Laptop 15"', "950000.00", 0, 2, 1),
    Item("WATCH-1", "Watch", "95000.00", 30, 25, 30),
    Item("BUDS-1", "Earbuds", "45000.00", 60, 60, 48),
    Item("SPEAKER-S", "Speaker small", "38000.00", 15, 15, 15),
    Item("SPEAKER-L", "Speaker large", "72500.50", 9, 10, 8),
    Item("MOUSE-1", "Mouse", "12500.00", 80, 75, 80),
    Item("KEYB-1", "Keyboard", "27000.00", 40, 40, 40),
    Item("CABLE-C", "Cable USB-C", "3500.00", 200, 190, 200),
    Item("CABLE-C-2M", "Cable USB-C 2 m", "5500.00", 120, 120, 100),
    Item("USB-C/Ö 1", "Charger USB-C/A, 45 €", "18000.00", 33, 30, 33),
    Item("POWER-20", "Power bank 20,000 mAh", "29999.99", 25, 25, 20),
    Item("MON-27", 'Monitor 27"', "265000.00", 6, 6, 5),
    Item("ROUTER-6", "Router", "88000.00", 11, 11, 11),
    Item("CAM-4K", "Camera 4K", "540000.00", 3, 3, 3),
    Item("SD-128", "SD card 128 GB", "16000.00", 150, 150, 149),
    Item("SHIRT-S", "S", "15000.00", 10, 10, 8, group="Work shirt"),
    Item("SHIRT-M", "M", "15000.00", 14, 12, 14, group="Work shirt"),
    Item("SHIRT-L", "L", "15500.00", 5, 5, 5, group="Work shirt"),
    Item("CASE-BLK", "Black", "6500.00", 90, 85, 90, group="Phone case"),
    Item("CASE-RED", "Red", "6500.00", 35, 35, 30, group="Phone case"),
    Item("CASE-BLU", "Blue", "6500.00", 0, 4, 0, group="Phone case"),
    Item("KIT-PHONE", "Phone A with case", "254000.00", 0, 0, 0, parts=(("PHONE-A", 1), ("CASE-BLK", 1))),
    Item("SETUP", "Set-up by hand", "10000.00", 0, 0, 0, tracked=False),
    # Shopify lets two products have one SKU.
    Item("DUP-1", "Stand", "9000.00", 22, 20, 22),
    Item("DUP-1", "Stand, old listing", "9500.00", None, 2, None),
    Item("ERP-ONLY", "Spare part", "2000.00", 17, None, None),
    Item("SHOP-ONLY", "Gift wrap", "1500.00", None, 50, 50),
]


def generated(count: int) -> list[Item]:
    """So many simple items, all with stock that the shops do not show yet."""
    return [Item(f"SKU-{n:05}", f"Item {n}", f"{1000 + n}.00", n % 50 + 1, 0, 0) for n in range(1, count + 1)]
