"""Products, devices, categories and brands in the back office."""

from catalog.admin import devices, groups, products

__all__ = ["devices", "groups", "products"]
