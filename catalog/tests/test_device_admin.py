"""The devices' pages and their buttons."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import AdminFactory, ManagerFactory
from catalog import devices
from catalog.models import Device, GradePrice, Product
from catalog.tests.factories import DeviceFactory, ProductFactory, tracked_product

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/device/"
OFFERED = {
    "in_stock": {"repair", "retire"},
    "reserved": set(),
    "sold": {"came-back"},
    "rented": set(),
    "returned": {"check-in"},
    "in_repair": {"back", "retire"},
    "retired": {"back"},
}
NAMES = {"repair", "retire", "came-back", "check-in", "back"}


@pytest.fixture
def desk(client):
    client.force_login(ManagerFactory())
    return client


def step(record, name):
    return reverse(f"admin:catalog_{record._meta.model_name}_{name}", args=[record.pk])


def page(record):
    return reverse(f"admin:catalog_{record._meta.model_name}_change", args=[record.pk])


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def device_in(status):
    """A device, on the way to this status."""
    device = DeviceFactory(product=tracked_product(devices=0))
    if status in ("in_repair", "retired"):
        {"in_repair": devices.to_repair, "retired": devices.retire}[status](device=device)
    elif status != "in_stock":
        devices.reserve(product=device.product, quantity=1, holder="order:7")
    if status in ("sold", "rented", "returned"):
        devices.hand_over_all(holder="order:7", state="rented" if status == "rented" else "sold")
    if status == "returned":
        devices.take_back(holder="order:7")
    device.refresh_from_db()
    assert device.status == status
    return device


@pytest.mark.parametrize("status", OFFERED)
def test_a_button_for_each_step_that_stands_open(desk, status):
    device = device_in(status)
    html = desk.get(page(device)).content.decode()
    assert {name for name in NAMES if step(device, name) in html} == OFFERED[status]
    for name in NAMES - OFFERED[status]:
        answer = desk.post(step(device, name), {"grade": "fair", "to": "in_stock"}, follow=True)
        assert "no longer possible" in said(answer)[0]
    before = device.status
    device.refresh_from_db()
    assert device.status == before


def test_a_returned_device_is_checked_in_at_its_grade(desk):
    device = device_in("returned")
    form = desk.get(step(device, "check-in")).context["form"]
    assert form["grade"].value() == "excellent"
    answer = desk.post(step(device, "check-in"), {"grade": "fair", "to": "in_stock", "note": "Worn"}, follow=True)
    device.refresh_from_db()
    assert (device.status, device.product.condition, device.product.inventory_count) == ("in_stock", "fair", 1)
    assert said(answer) == [f"{device} is in stock: {device.product}, Fair."]
    assert "Worn" in answer.content.decode()
    assert device.status_history.first().actor.role == "manager"


@pytest.mark.parametrize("form", [{}, {"grade": "poor", "to": "in_stock"}, {"grade": "fair", "to": "sold"}])
def test_a_bad_form_changes_nothing(desk, form):
    device = device_in("returned")
    assert desk.post(step(device, "check-in"), form).status_code == 200
    device.refresh_from_db()
    assert (device.status, device.grade) == ("returned", "excellent")


def test_repaired_retired_and_back(desk):
    device = device_in("in_stock")
    for name, form, status in (
        ("repair", {"note": "Hinge"}, "in_repair"),
        ("back", {"grade": "excellent"}, "in_stock"),
        ("retire", {}, "retired"),
        ("back", {"grade": "good"}, "in_stock"),
    ):
        assert desk.post(step(device, name), form).status_code == 302
        device.refresh_from_db()
        assert device.status == status
        assert device.product.inventory_count == (status == "in_stock")


def test_a_customer_brings_it_back(desk):
    device = device_in("sold")
    assert desk.post(step(device, "came-back"), {"note": "Trade-in"}).status_code == 302
    device.refresh_from_db()
    assert (device.status, hasattr(device, "hold")) == ("returned", False)


def test_notes_are_kept(desk):
    device = device_in("sold")
    assert desk.post(step(device, "notes"), {"notes": "Engraved <b>"}).status_code == 302
    assert "Engraved &lt;b&gt;" in desk.get(page(device)).content.decode()
    assert desk.get(step(device, "notes")).context["form"]["notes"].value() == "Engraved <b>"


@pytest.mark.parametrize("query, found", [
    ("?q=needle", ["NEEDLE-1"]),
    ("?q=order+%237", ["HELD"]),
    ("?q=order+%2377", []),
    ("?status__exact=reserved", ["HELD"]),
    ("?grade__exact=fair", ["NEEDLE-1"]),
])  # fmt: skip
def test_devices_are_found(desk, query, found):
    DeviceFactory(serial="NEEDLE-1", grade="fair")
    held = DeviceFactory(serial="HELD")
    devices.reserve(product=held.product, quantity=1, holder="order:7")
    answer = desk.get(LIST + query)
    assert [device.serial for device in answer.context["cl"].result_list] == found


def test_where_it_is_leads_there(desk):
    device = device_in("sold")
    for html in (desk.get(LIST).content.decode(), desk.get(page(device)).content.decode()):
        assert reverse("admin:orders_order_change", args=[7]) in html
        assert "Order #7" in html


def test_a_list_of_ten_costs_what_a_list_of_two_costs(desk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(LIST).status_code == 200
        return len(captured)

    for _ in range(2):
        device_in("in_stock")
    desk.get(LIST)
    few = queries()
    for number in range(8):
        held = DeviceFactory()
        devices.reserve(product=held.product, quantity=1, holder=f"order:{number}")
    assert queries() == few


def test_devices_are_received(desk):
    product = tracked_product(devices=0)
    form = {"serials": " sn-1 \r\nSN-2,sn-3\n\n", "grade": "excellent", "cost": "99.50"}
    answer = desk.post(step(product, "receive"), form, follow=True)
    assert said(answer) == [f"3 received as {product} (Excellent, {product.sku})."]
    assert set(product.devices.values_list("serial", "cost")) == {(f"SN-{n}", 99.5) for n in (1, 2, 3)}
    product.refresh_from_db()
    assert product.inventory_count == 3
    assert "3 devices, 3 in stock" in desk.get(page(product)).content.decode()


@pytest.mark.parametrize("serials, problem", [
    ("SN-1\nsn-1", "Given more than once: SN-1"),
    ("SN 1", "These are no serial numbers"),
    ("", "required"),
    (" ,\n", "required"),
    ("TAKEN\nSN-1", "already: TAKEN (in stock)"),
    ("\n".join(f"A{n}" for n in range(501)), "At most 500"),
])  # fmt: skip
def test_what_was_typed_survives_a_refusal(desk, serials, problem):
    DeviceFactory(serial="TAKEN")
    product = tracked_product(devices=0)
    answer = desk.post(step(product, "receive"), {"serials": serials, "grade": "excellent"})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert problem in str(form.errors["serials"])
    assert form["serials"].value() == serials
    assert not product.devices.exists()


def test_tracking_begins_with_the_pieces_on_the_shelf(desk):
    product = ProductFactory(inventory_count=2)
    assert "required" in str(desk.post(step(product, "track"), {"serials": ""}).context["form"].errors)
    answer = desk.post(step(product, "track"), {"serials": "A\nB\nC"}, follow=True)
    assert "Its stock was 2 and is 3." in said(answer)[0]
    product.refresh_from_db()
    assert (product.is_serialized, product.inventory_count) == (True, 3)
    assert "no longer possible" in said(desk.post(step(product, "track"), {"serials": "D"}, follow=True))[0]
    empty = ProductFactory(inventory_count=0)
    assert desk.post(step(empty, "track"), {"serials": ""}).status_code == 302
    assert Product.objects.get(pk=empty.pk).is_serialized


def test_the_percents_are_an_admins_to_change(client):
    rows = list(GradePrice.objects.all())
    form = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for n, row in enumerate(rows):
        form |= {f"form-{n}-id": row.pk, f"form-{n}-percent": "50" if row.grade == "fair" else row.percent}
    path = "/admin/catalog/gradeprice/"
    client.force_login(ManagerFactory())
    assert b"form-0-percent" not in client.get(path).content
    assert client.post(path, form).status_code == 403
    assert GradePrice.objects.get(grade="fair").percent == 65
    client.force_login(AdminFactory())
    assert client.post(path, {**form, "form-0-percent": "0"}).status_code == 200
    assert client.post(path, form).status_code == 302
    assert GradePrice.objects.get(grade="fair").percent == 50
    assert Device.objects.count() == 0
