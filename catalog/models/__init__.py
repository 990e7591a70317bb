"""Products, their devices, how both are graded, and what changed their counts."""

from catalog.models.device import Device, DeviceHold, DeviceStatusChange
from catalog.models.grade import Condition, GradePrice
from catalog.models.movement import StockMovement
from catalog.models.product import Brand, Category, Product, SearchTerm, WishlistItem
from catalog.models.rental_terms import RentalRate, RentalTerm

__all__ = [
    "Brand",
    "Category",
    "Condition",
    "Device",
    "DeviceHold",
    "DeviceStatusChange",
    "GradePrice",
    "Product",
    "RentalRate",
    "RentalTerm",
    "SearchTerm",
    "StockMovement",
    "WishlistItem",
]
