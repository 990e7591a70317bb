"""Orders over products whose pieces have serial numbers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from catalog import devices, stock
from catalog.models import Device, DeviceHold
from catalog.tests.factories import DeviceFactory, ProductFactory, tracked_product
from orders.fulfilment import cancel_order, change_status, expire_orders
from orders.models import Order
from orders.tests.shop import client_of, make_order, order_body, paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def laptop():
    """A product with A, B and C in stock."""
    product = ProductFactory(is_serialized=True, inventory_count=0)
    for serial in "ABC":
        DeviceFactory(product=product, serial=serial)
    return product


@pytest.fixture
def staff():
    return client_of(AdminFactory())


def statuses():
    return dict(Device.objects.order_by("pk").values_list("serial", "status"))


def count(product):
    product.refresh_from_db()
    assert product.inventory_count == product.devices.in_stock().count()
    return product.inventory_count


def to_ship(product, quantity=1, *more):
    """An order that waits to be shipped."""
    user = UserFactory()
    body = order_body(user, product, *more, quantity=quantity)
    order = Order.objects.get(pk=client_of(user).post("orders", body).json()["order"]["id"])
    change_status(order=order, status="processing", by=AdminFactory())
    return order


def serials_in(order):
    """What the customer reads."""
    answer = client_of(order.user).get(f"orders/{order.pk}").json()
    return [item["serials"] for item in answer["order"]["items"]]


def test_placing_reserves_devices(laptop):
    order = make_order(product=laptop, quantity=2)
    assert statuses() == {"A": "reserved", "B": "reserved", "C": "in_stock"}
    assert devices.serials_of(holder=f"order:{order.pk}") == {laptop.pk: ["A", "B"]}
    assert count(laptop) == 1
    assert Device.objects.get(serial="A").status_history.first().actor == order.user


def test_an_order_over_too_many_changes_nothing(laptop):
    user, counted = UserFactory(), ProductFactory()
    answer = client_of(user).post("orders", order_body(user, counted, laptop, quantity=4))
    assert (answer.status_code, answer.json()["code"]) == (400, "out_of_stock")
    assert (count(laptop), Order.objects.count(), DeviceHold.objects.count()) == (3, 0, 0)
    counted.refresh_from_db()
    assert counted.inventory_count == 5


def test_cancelling_gives_them_back(laptop):
    order = paid_order(product=laptop, quantity=2)
    cancel_order(order=order, by=order.user)
    assert (set(statuses().values()), count(laptop), DeviceHold.objects.count()) == ({"in_stock"}, 3, 0)


def test_expiring_gives_them_back(laptop):
    make_order(product=laptop, quantity=2)
    assert expire_orders(now=timezone.now() + timedelta(hours=2)) == 1
    assert (set(statuses().values()), count(laptop)) == ({"in_stock"}, 3)


def test_what_was_scanned_is_what_was_sold(laptop, staff):
    counted = ProductFactory()
    order = to_ship(laptop, 2, counted)
    body = {"status": "shipped", "serials": ["c", " A "]}
    assert staff.put(f"orders/{order.pk}/status", body).status_code == 200
    assert statuses() == {"A": "sold", "B": "in_stock", "C": "sold"}
    assert (count(laptop), serials_in(order)) == (1, [["C", "A"], []])
    assert staff.put(f"orders/{order.pk}/status", {"status": "delivered"}).status_code == 200


def test_without_serials_the_reserved_devices_are_sold(laptop, staff):
    order = to_ship(laptop, 2)
    assert serials_in(order) == [[]]
    assert staff.put(f"orders/{order.pk}/status", {"status": "shipped"}).status_code == 200
    assert (serials_in(order), count(laptop)) == ([["A", "B"]], 1)


@pytest.mark.parametrize("serials, code", [
    (["A"], "serials_missing"),
    ([], "serials_missing"),
    (["A", "NOPE"], "unknown_serial"),
    (["A", "a"], "repeated_serial"),
    (["A", "B", "C"], "wrong_device"),
    (["A", "OTHER"], "wrong_device"),
    (["A", "SOLD"], "device_not_in_stock"),
    (["A", "é"], "bad_serial"),
    (["A", ""], "validation_error"),
    (["A", 1], "validation_error"),
    ("A", "validation_error"),
    ({"A": 1}, "validation_error"),
    (None, "validation_error"),
    (["A" * 65, "A"], "validation_error"),
    (["A"] * 1001, "validation_error"),
    (["A\x00", "B"], None),
])  # fmt: skip
def test_a_wrong_parcel_is_refused_and_nothing_happens(laptop, staff, serials, code):
    order = to_ship(laptop, 2)
    DeviceFactory(serial="OTHER")
    sold = DeviceFactory(serial="SOLD", product=laptop)
    devices.to_repair(device=sold)
    before = statuses()
    body = {"status": "shipped", "serials": serials, "tracking_number": "T"}
    answer = staff.put(f"orders/{order.pk}/status", body)
    assert answer.status_code == 400
    assert "serials" in answer.json()["error"]
    if code and code != "validation_error":
        assert answer.json()["code"] == code
    order.refresh_from_db()
    assert (order.status, order.tracking_number, statuses(), serials_in(order)) == ("processing", "", before, [[]])


def test_serials_belong_to_shipping(laptop, staff):
    order = make_order(product=laptop)
    answer = staff.put(f"orders/{order.pk}/status", {"status": "processing", "serials": ["A"]})
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["serials"])
    answer = staff.put(f"orders/{order.pk}/status", {"status": "shipped", "serials": ["A"]})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_status")
    assert statuses()["A"] == "reserved"


def test_an_order_without_devices_ships_as_ever(staff):
    order = to_ship(ProductFactory())
    DeviceFactory(serial="X")
    refused = staff.put(f"orders/{order.pk}/status", {"status": "shipped", "serials": ["X"]})
    assert refused.json()["code"] == "wrong_device"
    assert staff.put(f"orders/{order.pk}/status", {"status": "shipped", "serials": []}).status_code == 200
    assert serials_in(order) == [[]]


def test_what_was_shipped_stays_on_the_order(laptop):
    order = to_ship(laptop)
    change_status(order=order, status="shipped", by=AdminFactory())
    devices.take_back_device(device=Device.objects.get(serial="A"))
    devices.check_in(device=Device.objects.get(serial="A"), grade="fair", to="in_stock")
    assert serials_in(order) == [["A"]]
    assert count(laptop) == 2


def test_pieces_ordered_before_they_were_tracked(staff):
    product = ProductFactory(inventory_count=3)
    shipped, cancelled = to_ship(product), to_ship(product)
    stock.track_by_serial(product=product, serials=["X"])
    assert staff.put(f"orders/{shipped.pk}/status", {"status": "shipped"}).status_code == 200
    cancel_order(order=cancelled)
    assert (count(product), statuses()) == (1, {"X": "in_stock"})


def test_reading_orders_costs_the_same_with_devices(laptop):
    user = UserFactory()
    api, counts = client_of(user), []
    plain = make_order(user=user)
    for order in (plain, make_order(user=user, product=laptop, quantity=2)):
        if order is not plain:
            for status in ("processing", "shipped"):
                change_status(order=order, status=status, by=user)
        with CaptureQueriesContext(connection) as captured:
            assert api.get(f"orders/{order.pk}").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 9


def step(order, name):
    return reverse(f"admin:orders_order_{name}", args=[order.pk])


def test_staff_scan_the_parcel(client, laptop):
    client.force_login(ManagerFactory())
    order = to_ship(laptop, 2, ProductFactory())
    field = client.get(step(order, "ship")).context["form"].fields["serials"]
    assert (field.required, "2 of Refurbished Laptop XPS 13 (reserved: A, B)" in field.help_text) == (True, True)
    parcel = {"carrier": "UPS", "tracking_number": "1Z"}
    for typed, problem in (("", "required"), ("A", "2 are needed"), ("A\nNOPE", "No device has"), ("A\na", "once")):
        answer = client.post(step(order, "ship"), {**parcel, "serials": typed})
        assert problem in str(answer.context["form"].errors["serials"])
    page = reverse("admin:orders_order_change", args=[order.pk])
    assert "Reserved: <a" in client.get(page).content.decode()
    assert client.post(step(order, "ship"), {**parcel, "serials": "A\r\nc\r\n"}).status_code == 302
    order.refresh_from_db()
    html = client.get(page).content.decode()
    assert (order.status, order.tracking_number, statuses()["C"]) == ("shipped", "1Z", "sold")
    assert "Shipped: <a" in html and "Reserved: <a" not in html and "?q=C" in html


def test_a_parcel_without_devices_asks_for_none(client):
    client.force_login(ManagerFactory())
    order = to_ship(ProductFactory())
    assert "serials" not in client.get(step(order, "ship")).context["form"].fields
    assert client.post(step(order, "ship"), {"carrier": "UPS"}).status_code == 302


def test_the_orders_page_costs_the_same_with_more_devices(client):
    client.force_login(ManagerFactory())
    counts = []
    for quantity in (1, 5):
        order = make_order(product=tracked_product(devices=5), quantity=quantity)
        page = reverse("admin:orders_order_change", args=[order.pk])
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        counts.append(len(captured))
    assert counts[0] == counts[1]
