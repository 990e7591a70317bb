"""The lines of the catalogue in the side bar, the colours of a device's status, and where a device is shown."""

from catalog.admin import references
from core.admin import badges
from core.admin.sidebar import Entry, register

register(
    Entry("Catalogue", 400, "Products", "devices", "catalog.product"),
    Entry("Catalogue", 410, "Devices", "barcode", "catalog.device"),
    Entry("Catalogue", 415, "Stock movements", "swap_vert", "catalog.stockmovement"),
    Entry("Catalogue", 420, "Categories", "category", "catalog.category"),
    Entry("Catalogue", 430, "Brands", "sell", "catalog.brand"),
    Entry("Catalogue", 440, "Grade prices", "stars", "catalog.gradeprice"),
    Entry("Catalogue", 450, "Rental terms", "date_range", "catalog.rentalterm"),
)
badges.register(
    in_stock="success",
    reserved="warning",
    sold="primary",
    rented="primary",
    returned="info",
    in_repair="danger",
    retired="default",
)
references.register(device="admin:catalog_device_change")
