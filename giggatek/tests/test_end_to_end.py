"""The main job on real input: from a CSV file to a parcel under way, through HTTP, with every server real."""

import csv
import json
import os
import re
from pathlib import Path

import pytest
import requests

from giggatek.tests.running_store import PATIENCE, open_store, wait_until

PASSWORD = "Main-job-1!"
EMAIL = "grace@example.com"
PERSON = {"first_name": "Grace", "last_name": "Höpper 🚀"}
ADDRESS = {
    **PERSON, "street_address": "1 Navy Way", "city": "Arlington", "state": "VA", "zip_code": "22202",
    "country": "US", "phone": "555-0100",
}  # fmt: skip
ADMIN, TRACKING = "admin@shop.example", "1Z999AA10123456784"


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def products_csv(tmp_path):
    """The real file where there is one (REAL_PRODUCTS_CSV), else one of as many rows and the same shape."""
    real = os.environ.get("REAL_PRODUCTS_CSV")
    return Path(real) if real else write_products(tmp_path / "products.csv", rows=1303)


def write_products(path, *, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(product_row(0)))
        writer.writeheader()
        writer.writerows(map(product_row, range(rows)))
    return path


def product_row(number):
    brand, series = (("Apple", "MacBook Pro"), ("Dell", "XPS 13"), ("Lenovo", "ThinkPad T480"))[number % 3]
    return {
        "sku": f"{brand[:3].upper()}-{number:04}-G", "name": f"Refurbished {brand} {series}",
        "description": f"{brand} {series} ultrabook, 13.3 inches, 8GB of memory. Tested, cleaned and graded good.",
        "category": "laptop", "brand": brand, "condition": "good", "price": f"{300 + number % 900}.99",
        "rental_price": "49.99", "inventory_count": 2 + number % 5, "is_rentable": "true",
        "image_url": f"/images/products/{number:04}.jpg",
        "specifications": json.dumps({"cpu": "Intel Core i5 2.3GHz", "ram": "8GB", "storage": "128GB SSD"}),
    }  # fmt: skip


def import_products(store, path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.DictReader(file))
    store.manage("import_products", path)
    assert store.call("GET", "products")["pagination"]["total"] == rows
    assert "Nothing changed" in store.manage("import_products", path)


def choose_product(store):
    """Search, then filter what was found, then look at one of it."""
    found = store.call("GET", "products", search="macbook pro")
    chosen = store.call(
        "GET", "products", search="macbook pro", brand="apple", in_stock="true", price_max="1500", sort="price-high"
    )
    assert 0 < chosen["pagination"]["total"] <= found["pagination"]["total"]
    assert {product["brand"] for product in chosen["products"]} == {"Apple"}
    assert all(product["price"] <= 1500 and product["inventory_count"] > 0 for product in chosen["products"])
    product = store.call("GET", f"products/{chosen['products'][0]['id']}")
    picture = requests.get(store.url + product["image_url"], timeout=PATIENCE)
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/svg+xml")
    return product


def register(store):
    answer = store.call("POST", "auth/register", {"email": EMAIL, "password": PASSWORD, **PERSON}, expect=201)
    assert answer["user"]["last_name"] == PERSON["last_name"]
    return store.call("POST", "auth/login", {"email": EMAIL, "password": PASSWORD})["token"]


def place_order(store, token, product):
    address = store.call("POST", "auth/addresses", ADDRESS, token=token, expect=201)["address"]["id"]
    body = {
        "items": [{"product_id": product["id"], "quantity": 1}], "shipping_address_id": address,
        "billing_address_id": address, "shipping_method": "standard",
    }  # fmt: skip
    order = store.call("POST", "orders", body, token=token, expect=201)["order"]
    assert (order["total"], order["status"], order["payment_status"]) == (product["price"], "pending", "pending")
    return order["id"]


def pay(store, token, order):
    intent = store.call("POST", f"orders/{order}/payment-intent", token=token)["payment_intent_id"]
    card = {"card": "4242424242424242"}
    assert store.call("POST", f"payments/sandbox/{intent}/pay", card, token=token)["status"] == "succeeded"
    assert store.call("POST", f"payments/{intent}/confirm", token=token)["status"] == "succeeded"


class BackOffice:
    """Staff's browser: pages, cookies and the token of each form."""

    def __init__(self, url):
        self.url, self.session = url, requests.Session()

    def open(self, path):
        """The page's text."""
        page = self.session.get(self.url + path, timeout=PATIENCE)
        assert page.status_code == 200, page.text
        return page.text

    def submit(self, path, **fields):
        """Open the page with the form, fill it in and send it; the page that follows."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.open(path))
        data = {"csrfmiddlewaretoken": token[1], **fields}
        page = self.session.post(self.url + path, data=data, headers={"Referer": self.url + path}, timeout=PATIENCE)
        assert page.status_code == 200, page.text
        return page


def ship_in_the_admin(store, order):
    secrets = {"DJANGO_SUPERUSER_EMAIL": ADMIN, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    names = {"DJANGO_SUPERUSER_FIRST_NAME": "Ann", "DJANGO_SUPERUSER_LAST_NAME": "Admin"}
    store.manage("createsuperuser", "--noinput", **secrets, **names)
    office = BackOffice(store.url)
    office.submit("/admin/login/", username=ADMIN, password=PASSWORD, next="/admin/")
    page = office.open(f"/admin/orders/order/{order}/change/")
    (button,) = re.findall(rf'href="(/admin/orders/order/{order}/ship/)"', page)
    page = office.submit(button, carrier="UPS", tracking_number=TRACKING)
    assert page.url.endswith(f"/admin/orders/order/{order}/change/")
    assert TRACKING in page.text


def test_from_the_csv_file_to_the_parcel_and_its_mails(store, products_csv):
    import_products(store, products_csv)
    product = choose_product(store)
    token = register(store)
    order = place_order(store, token, product)
    pay(store, token, order)
    ship_in_the_admin(store, order)

    whole = store.call("GET", f"orders/{order}", token=token)["order"]
    assert (whole["status"], whole["payment_status"], whole["tracking_number"]) == ("shipped", "paid", TRACKING)
    assert whole["payments"][0]["amount"] == product["price"]
    assert [change["status"] for change in whole["status_history"]] == ["shipped", "processing", "pending"]
    left = store.call("GET", f"products/{product['id']}")["inventory_count"]
    assert left == product["inventory_count"] - 1

    shipped = f"Your Order #{order} Has Shipped"
    expected = sorted(
        ["Welcome to GigGatek", f"Order Confirmation #{order}", f"Order #{order} Status Update: Processing", shipped]
    )
    wait_until(lambda: len(store.postbox.subjects(EMAIL)) >= len(expected), "the mails arrive")
    assert store.manage("send_emails").startswith("0 sent")
    assert store.postbox.subjects(EMAIL) == expected
    assert TRACKING in store.postbox.mail(shipped)
    assert PERSON["last_name"] in store.postbox.mail(f"Order Confirmation #{order}")
