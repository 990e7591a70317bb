"""What a shop has and staff do, in one line each: products, price lists, the form of a product."""

import csv
import io
import json

from django.urls import reverse

from catalog import search
from catalog.tests.factories import BrandFactory, CategoryFactory, ProductFactory

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


NEW_PRODUCT = {
    "name": "Refurbished Phone",
    "sku": "PHN-1",
    "description": "As good as new",
    "price": 199.9,
    "rental_price": 19.99,
    "category": "phone",
    "brand": "Nokia",
    "condition": "good",
    "specifications": '{"ram":"8GB"}',
    "inventory_count": 3,
    "is_rentable": True,
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


def make_product(name, category, brand, condition, price, **fields):
    """A product that can be found."""
    product = ProductFactory(
        name=name,
        sku=name.upper().replace(" ", "-"),
        category=CategoryFactory(slug=category),
        brand=BrandFactory(slug=brand) if brand else None,
        condition=condition,
        price=price,
        specifications=fields.pop("specifications", {}),
        **fields,
    )
    search.index([product])
    return product


def assert_movements_lead_to(product, *, start=0):
    """The product's movements, oldest first, go without a gap from `start` to the count that it has now."""
    product.refresh_from_db()
    count = start
    for movement in product.stock_movements.order_by("pk"):
        assert movement.before == count, movement
        count = movement.after
    assert count == product.inventory_count


def product_url(product, page="change"):
    return reverse(f"admin:catalog_product_{page}", args=[product.pk])


# What the page posts of a product without rates of its own.
NO_RATES = {"rental_rates-TOTAL_FORMS": "0", "rental_rates-INITIAL_FORMS": "0"}


def filled_form(client, product, **edits):
    """What the page's form would post, with the edits of a person."""
    form = client.get(product_url(product)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values["initial-inventory_count"] = form["inventory_count"].value()
    values["specifications"] = form["specifications"].value()
    posted = {key: value for key, value in values.items() if value not in (None, False, "") and key != "image"}
    return {**NO_RATES, **posted, **edits}


def save_form(client, product, **edits):
    """Open the product's page, edit it and press Save; the answer."""
    return client.post(product_url(product), filled_form(client, product, **edits))


def form_errors(answer):
    return answer.context["adminform"].form.errors
