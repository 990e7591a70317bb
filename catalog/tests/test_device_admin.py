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


def step_url(record, name):
    return reverse(f"admin:catalog_{record._meta.model_name}_{name}", args=[record.pk])


def record_url(record):
    return reverse(f"admin:catalog_{record._meta.model_name}_change", args=[record.pk])


def messages_of(answer):
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
def test_a_button_for_each_step_that_stands_open(back_office, status):
    device = device_in(status)
    html = back_office.get(record_url(device)).content.decode()
    assert {name for name in NAMES if step_url(device, name) in html} == OFFERED[status]
    for name in NAMES - OFFERED[status]:
        answer = back_office.post(step_url(device, name), {"grade": "fair", "to": "in_stock"}, follow=True)
        assert "no longer possible" in messages_of(answer)[0]
    before = device.status
    device.refresh_from_db()
    assert device.status == before


def test_a_returned_device_is_checked_in_at_its_grade(back_office):
    device = device_in("returned")
    form = back_office.get(step_url(device, "check-in")).context["form"]
    assert form["grade"].value() == "excellent"
    answer = back_office.post(
        step_url(device, "check-in"), {"grade": "fair", "to": "in_stock", "note": "Worn"}, follow=True
    )
    device.refresh_from_db()
    assert (device.status, device.product.condition, device.product.inventory_count) == ("in_stock", "fair", 1)
    assert messages_of(answer) == [f"{device} is in stock: {device.product}, Fair."]
    assert "Worn" in answer.content.decode()
    assert device.status_history.first().actor.role == "manager"


@pytest.mark.parametrize("form", [{}, {"grade": "poor", "to": "in_stock"}, {"grade": "fair", "to": "sold"}])
def test_a_bad_form_changes_nothing(back_office, form):
    device = device_in("returned")
    assert back_office.post(step_url(device, "check-in"), form).status_code == 200
    device.refresh_from_db()
    assert (device.status, device.grade) == ("returned", "excellent")


def test_repaired_retired_and_back(back_office):
    device = device_in("in_stock")
    for name, form, status in (
        ("repair", {"note": "Hinge"}, "in_repair"),
        ("back", {"grade": "excellent"}, "in_stock"),
        ("retire", {}, "retired"),
        ("back", {"grade": "good"}, "in_stock"),
    ):
        assert back_office.post(step_url(device, name), form).status_code == 302
        device.refresh_from_db()
        assert device.status == status
        assert device.product.inventory_count == (status == "in_stock")


def test_a_customer_brings_it_back(back_office):
    device = device_in("sold")
    assert back_office.post(step_url(device, "came-back"), {"note": "Trade-in"}).status_code == 302
    device.refresh_from_db()
    assert (device.status, hasattr(device, "hold")) == ("returned", False)


def test_notes_are_kept(back_office):
    device = device_in("sold")
    assert back_office.post(step_url(device, "notes"), {"notes": "Engraved <b>"}).status_code == 302
    assert "Engraved &lt;b&gt;" in back_office.get(record_url(device)).content.decode()
    assert back_office.get(step_url(device, "notes")).context["form"]["notes"].value() == "Engraved <b>"


@pytest.mark.parametrize("query, found", [
    ("?q=needle", ["NEEDLE-1"]),
    ("?q=order+%237", ["HELD"]),
    ("?q=order+%2377", []),
    ("?status__exact=reserved", ["HELD"]),
    ("?grade__exact=fair", ["NEEDLE-1"]),
])  # fmt: skip
def test_devices_are_found(back_office, query, found):
    DeviceFactory(serial="NEEDLE-1", grade="fair")
    held = DeviceFactory(serial="HELD")
    devices.reserve(product=held.product, quantity=1, holder="order:7")
    answer = back_office.get(LIST + query)
    assert [device.serial for device in answer.context["cl"].result_list] == found


def test_where_it_is_leads_there(back_office):
    device = device_in("sold")
    for html in (back_office.get(LIST).content.decode(), back_office.get(record_url(device)).content.decode()):
        assert reverse("admin:orders_order_change", args=[7]) in html
        assert "Order #7" in html


def test_a_list_of_ten_costs_what_a_list_of_two_costs(back_office):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert back_office.get(LIST).status_code == 200
        return len(captured)

    for _ in range(2):
        device_in("in_stock")
    back_office.get(LIST)
    few = queries()
    for number in range(8):
        held = DeviceFactory()
        devices.reserve(product=held.product, quantity=1, holder=f"order:{number}")
    assert queries() == few


def test_devices_are_received(back_office):
    product = tracked_product(devices=0)
    form = {"serials": " sn-1 \r\nSN-2,sn-3\n\n", "grade": "excellent", "cost": "99.50"}
    answer = back_office.post(step_url(product, "receive"), form, follow=True)
    assert messages_of(answer) == [f"3 received as {product} (Excellent, {product.sku})."]
    assert set(product.devices.values_list("serial", "cost")) == {(f"SN-{n}", 99.5) for n in (1, 2, 3)}
    product.refresh_from_db()
    assert product.inventory_count == 3
    assert "3 devices, 3 in stock" in back_office.get(record_url(product)).content.decode()


@pytest.mark.parametrize("serials, problem", [
    ("SN-1\nsn-1", "Given more than once: SN-1"),
    ("SN 1", "These are no serial numbers"),
    ("", "required"),
    (" ,\n", "required"),
    ("TAKEN\nSN-1", "already: TAKEN (in stock)"),
    ("\n".join(f"A{n}" for n in range(501)), "At most 500"),
])  # fmt: skip
def test_what_was_typed_survives_a_refusal(back_office, serials, problem):
    DeviceFactory(serial="TAKEN")
    product = tracked_product(devices=0)
    answer = back_office.post(step_url(product, "receive"), {"serials": serials, "grade": "excellent"})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert problem in str(form.errors["serials"])
    assert form["serials"].value() == serials
    assert not product.devices.exists()


def test_tracking_begins_with_the_pieces_on_the_shelf(back_office):
    product = ProductFactory(inventory_count=2)
    assert "required" in str(back_office.post(step_url(product, "track"), {"serials": ""}).context["form"].errors)
    answer = back_office.post(step_url(product, "track"), {"serials": "A\nB\nC"}, follow=True)
    assert "Its stock was 2 and is 3." in messages_of(answer)[0]
    product.refresh_from_db()
    assert (product.is_serialized, product.inventory_count) == (True, 3)
    assert (
        "no longer possible"
        in messages_of(back_office.post(step_url(product, "track"), {"serials": "D"}, follow=True))[0]
    )
    empty = ProductFactory(inventory_count=0)
    assert back_office.post(step_url(empty, "track"), {"serials": ""}).status_code == 302
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
