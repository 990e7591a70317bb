"""Products, stock movements, devices, categories and brands in the back office."""

from catalog.admin import devices, groups, movements, products, sidebar, widgets

__all__ = ["devices", "groups", "movements", "products", "sidebar", "widgets"]
