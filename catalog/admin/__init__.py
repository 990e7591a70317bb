"""Products, categories and brands in the back office."""

from catalog.admin import groups, products

__all__ = ["groups", "products"]
