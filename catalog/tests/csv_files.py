"""CSV files for the tests of the import."""

import csv
import io
import json

COLUMNS = (
    "sku", "name", "description", "category", "brand", "condition",
    "price", "rental_price", "inventory_count", "is_rentable", "image_url", "specifications",
)  # fmt: skip

GOOD = {
    "sku": "APP-0001-E",
    "name": "Refurbished Apple MacBook Pro",
    "description": "Tested, cleaned and graded excellent.",
    "category": "laptop",
    "brand": "Apple",
    "condition": "excellent",
    "price": "1044.99",
    "rental_price": "108.99",
    "inventory_count": "5",
    "is_rentable": "true",
    "image_url": "/images/products/app-0001-e.jpg",
    "specifications": '{"cpu": "Intel Core i5 2.3GHz", "ram": "8GB"}',
}


def row(**changes):
    """The cells of a good row with these changes."""
    return [({**GOOD, **changes})[name] for name in COLUMNS]


def csv_file(*rows, header=COLUMNS):
    """An open binary file of these rows; bytes stand for a raw line."""
    parts = [as_line(header), *(each if isinstance(each, bytes) else as_line(each) for each in rows)]
    return io.BytesIO(b"".join(parts))


def as_line(cells):
    """The cells as a line of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def laptops(count, start=0):
    """`count` rows of the shape of a real price list."""
    brands = ("Dell", "Lenovo", "HP", "Asus", "Acer", "MSI", "Toshiba")
    for number in range(start, start + count):
        brand = brands[number % len(brands)]
        rented = number % 7 != 0
        yield row(
            sku=f"{brand[:3].upper()}-{number:07}-G",
            name=f"Refurbished {brand} Model {number % 301}",
            description=f"{brand} ultrabook, 13.3 inches, Intel Core i5, {number % 4 * 8}GB of memory.",
            category="workstation" if number % 40 == 0 else "laptop",
            brand=brand,
            condition=("excellent", "good", "fair")[number % 3],
            price=f"{200 + number % 1800}.{number % 100:02}",
            rental_price=f"{20 + number % 90}.99" if rented else "",
            inventory_count=str(number % 9),
            is_rentable="true" if rented else "false",
            image_url=f"/images/products/model-{number}.jpg",
            specifications=json.dumps(
                {"cpu": "Intel Core i5 2.3GHz", "ram": f"{number % 4 * 8}GB", "weight": "1.3kg"}
            ),
        )
