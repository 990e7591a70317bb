"""Products, their devices, and how both are graded."""

from catalog.models.device import Device, DeviceHold, DeviceStatusChange
from catalog.models.grade import Condition, GradePrice
from catalog.models.product import Brand, Category, Product, SearchTerm, WishlistItem

__all__ = [
    "Brand",
    "Category",
    "Condition",
    "Device",
    "DeviceHold",
    "DeviceStatusChange",
    "GradePrice",
    "Product",
    "SearchTerm",
    "WishlistItem",
]
