"""What an order costs, and that it stays what was agreed."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as quickly
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.tests.factories import AddressFactory, UserFactory
from catalog.tests.factories import ProductFactory
from orders.errors import TotalTooLarge
from orders.models import Order, ShippingMethod, TaxRate
from orders.placing import place_order
from orders.tests.shop import client_of, make_order, order_body

pytestmark = pytest.mark.django_db


def placed(user, body):
    """The order as the answer shows it."""
    answer = client_of(user).post("orders", body)
    assert answer.status_code == 201, answer.content
    return answer.json()["order"]


def test_shipping_and_tax_are_added(user):
    ShippingMethod.objects.create(code="express", name="Express", price=Decimal("19.99"))
    TaxRate.objects.create(country="US", state="CA", percent=Decimal("8.25"))
    order = placed(user, order_body(user, ProductFactory(price="99.99"), quantity=3, shipping_method="express"))
    parts = ("subtotal", "shipping_total", "tax_total", "total")
    assert [order[part] for part in parts] == [299.97, 19.99, 24.75, 344.71]
    intent = client_of(user).post(f"orders/{order['id']}/payment-intent").json()
    assert intent["amount"] == 344.71


@pytest.mark.parametrize(
    ("state", "country", "tax"),
    [
        ("CA", "US", 8),
        ("ca", "us", 8),
        (" CA ", "US", 8),
        ("NY", "US", 2),
        ("CA", "CN", 0),
        ("ZZ", "DE", 19),
        ("", "US", 2),
    ],
)
def test_the_states_rate_goes_before_the_countrys(user, state, country, tax):
    for place, percent in ((("US", "CA"), 8), (("US", ""), 2), (("DE", ""), 19), (("US", "OR"), 50)):
        TaxRate.objects.create(country=place[0], state=place[1], percent=percent)
    TaxRate.objects.create(country="CN", state="CA", percent=99, is_active=False)
    AddressFactory(user=user, state=state, country=country)
    assert placed(user, order_body(user, ProductFactory(price="100.00")))["tax_total"] == tax


def test_the_goods_destination_is_taxed_and_not_the_bills(user):
    TaxRate.objects.create(country="US", state="OR", percent=10)
    TaxRate.objects.create(country="US", state="CA", percent=50)
    shipping, billing = AddressFactory(user=user, state="OR"), AddressFactory(user=user, state="CA")
    body = order_body(user, ProductFactory(price="100.00"))
    body.update(shipping_address_id=shipping.pk, billing_address_id=billing.pk)
    assert placed(user, body)["tax_total"] == 10


def test_repeated_lines_count_together(user):
    product, other = ProductFactory(price="10.00"), ProductFactory(price="1.00")
    order = placed(user, order_body(user, product, other, product, quantity=2))
    assert [(item["product_id"], item["quantity"], item["subtotal"]) for item in order["items"]] == [
        (product.pk, 4, 40),
        (other.pk, 2, 2),
    ]
    assert order["total"] == 42
    product.refresh_from_db()
    assert product.inventory_count == 1


@pytest.mark.parametrize(
    ("lines", "code"), [([11], "quantity_too_large"), ([6, 5], "quantity_too_large"), ([10], "out_of_stock")]
)
def test_quantity_has_limits(user, lines, code):
    product = ProductFactory(inventory_count=9)
    body = order_body(user, product)
    body["items"] = [{"product_id": product.pk, "quantity": quantity} for quantity in lines]
    answer = client_of(user).post("orders", body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    product.refresh_from_db()
    assert (product.inventory_count, Order.objects.count()) == (9, 0)


def test_ten_of_ten_are_sold(user):
    product = ProductFactory(inventory_count=10)
    assert placed(user, order_body(user, product, quantity=10))["total"] == 5999.9
    refused = client_of(user).post("orders", order_body(user, product))
    assert (refused.status_code, refused.json()["code"]) == (400, "out_of_stock")
    assert product.name in refused.json()["error"]


def test_one_line_that_cannot_be_had_undoes_all(user):
    plenty, none = ProductFactory(), ProductFactory(inventory_count=0)
    for products in ((plenty, none), (none, plenty)):
        assert client_of(user).post("orders", order_body(user, *products)).status_code == 400
    plenty.refresh_from_db()
    assert (plenty.inventory_count, Order.objects.count()) == (5, 0)


def test_what_is_not_offered_cannot_be_ordered(user):
    ShippingMethod.objects.create(code="pigeon", name="Pigeon", is_active=False)
    for method in ("pigeon", "unknown", "Standard"):
        answer = client_of(user).post("orders", order_body(user, shipping_method=method))
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_shipping_method"), method
    gone = ProductFactory()
    type(gone).objects.filter(pk=gone.pk).update(archived_at="2026-01-01T00:00:00Z")
    assert client_of(user).post("orders", order_body(user, gone)).status_code == 404
    assert not Order.objects.exists()


def test_the_order_keeps_its_prices_and_names(user):
    order = make_order(user=user)
    product = order.lines.get().product
    type(product).objects.filter(pk=product.pk).update(price=1, name="Renamed", sku="NEW-1", image_url="/new.svg")
    ShippingMethod.objects.update(price=50)
    TaxRate.objects.create(country="US", percent=50)
    detail = client_of(user).get(f"orders/{order.pk}").json()["order"]
    item = detail["items"][0]
    assert (detail["total"], item["price"], item["subtotal"]) == (599.99, 599.99, 599.99)
    assert (item["product_name"], item["sku"]) == ("Refurbished Laptop XPS 13", product.sku)
    assert item["image_url"] == "/images/products/laptop-xps-13.jpg"
    assert client_of(user).post(f"orders/{order.pk}/payment-intent").json()["amount"] == 599.99


@pytest.mark.parametrize("change", ["edited", "deleted"])
def test_the_order_keeps_its_address(user, change):
    order, api = make_order(user=user), client_of(user)
    before = api.get(f"orders/{order.pk}").json()["order"]
    path = f"auth/addresses/{order.shipping_address_ref_id}"
    answer = api.patch(path, {"city": "Elsewhere"}) if change == "edited" else api.delete(path)
    assert answer.status_code in (200, 204), answer.content
    after = api.get(f"orders/{order.pk}").json()["order"]
    assert after == before
    assert after["shipping_address"]["city"] == "San Francisco"
    again = order_body(user)
    again["shipping_address_id"] = order.shipping_address_ref_id
    assert api.post("orders", again).status_code == (201 if change == "edited" else 404)


def test_an_order_that_no_amount_can_hold_is_refused(user):
    dear = ProductFactory(price="9999999999.99")
    answer = client_of(user).post("orders", order_body(user, dear, quantity=2))
    assert (answer.status_code, answer.json()["code"]) == (400, "total_too_large")
    dear.refresh_from_db()
    assert dear.inventory_count == 5
    assert placed(user, order_body(user, dear))["total"] == 9999999999.99


def test_figures_count_money_and_not_wishes(user):
    from orders.tests.shop import pay

    api = client_of(user)
    kept, returned, _unpaid = (make_order(user=user, price=price) for price in ("100.10", "200.20", "400.40"))
    for order in (kept, returned):
        pay(order)
    api.post(f"orders/{returned.pk}/cancel")
    latest = make_order(user=user, price="0.00")
    pay(make_order(price="999.99"))  # another user's
    figures = api.get("orders/stats").json()
    assert figures["status_counts"] == {
        "pending": 1, "processing": 2, "shipped": 0, "delivered": 0, "cancelled": 1,
    }  # fmt: skip
    assert (figures["total_orders"], figures["total_spent"]) == (4, 100.1)
    assert figures["most_recent_order"]["id"] == latest.pk
    assert figures["most_recent_order"]["total"] == 0


AMOUNTS = st.decimals(min_value="0.00", max_value="99999999.99", places=2)


class TotalsAddUp(TestCase):
    """Any prices, quantities and rates: the database's own check agrees with our sum, to the cent."""

    @quickly(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        lines=st.lists(st.tuples(AMOUNTS, st.integers(1, 10)), min_size=1, max_size=3),
        shipping=AMOUNTS,
        percent=st.decimals(min_value="0", max_value="100", places=3),
    )
    def test_to_the_cent(self, lines, shipping, percent):
        user = UserFactory()
        ShippingMethod.objects.filter(code="standard").update(price=shipping)
        TaxRate.objects.update_or_create(country="US", state="", defaults={"percent": percent})
        products = [ProductFactory(price=price, inventory_count=10) for price, _ in lines]
        items = [{"product_id": p.pk, "quantity": q} for p, (_, q) in zip(products, lines, strict=True)]
        try:
            order = place_order(user=user, items=items, shipping_address_id=AddressFactory(user=user).pk)
        except TotalTooLarge:
            return
        goods = sum(price * quantity for price, quantity in lines)
        tax = (goods * percent / 100).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
        order.refresh_from_db()
        assert order.total == goods + shipping + tax
