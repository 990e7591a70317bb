"""No one types the count of a product whose devices are counted: not the API, not an import, not the back office."""

import pytest

from catalog import importing
from catalog.models import Product
from catalog.tests.factories import ProductFactory, tracked_product
from catalog.tests.shop import NEW_PRODUCT, NO_RATES, csv_file, filled_form, form_errors, product_url, row, save_form

pytestmark = pytest.mark.django_db

SET_STOCK = importing.Options(set_stock=True)


def count(product):
    product.refresh_from_db()
    assert not product.is_serialized or product.inventory_count == product.devices.in_stock().count()
    return product.inventory_count


def refused(answer, field):
    body = answer.json()
    assert (answer.status_code, list(body["details"])) == (400, [field])
    assert body["error"].startswith(f"{field}: ")


@pytest.mark.parametrize("method", ["patch", "put"])
def test_the_api_refuses_a_typed_count(staff_api, method):
    product = tracked_product()
    body = {"inventory_count": 9, "name": "Other"}
    if method == "put":
        body = {**NEW_PRODUCT, **body}
    refused(getattr(staff_api, method)(f"products/{product.pk}", body), "inventory_count")
    assert (count(product), product.name) == (2, "Refurbished Laptop XPS 13")


def test_the_api_takes_everything_else(staff_api):
    product = tracked_product()
    body = {**NEW_PRODUCT, "inventory_count": 2}
    assert staff_api.put(f"products/{product.pk}", body).status_code == 200
    assert staff_api.patch(f"products/{product.pk}", {"price": 1}).json()["product"]["is_serialized"] is True
    assert (count(product), product.is_serialized, product.name) == (2, True, NEW_PRODUCT["name"])


def test_tracking_begins_where_nothing_was_counted(staff_api):
    refused(staff_api.post("products", {**NEW_PRODUCT, "is_serialized": True}), "inventory_count")
    assert not Product.objects.exists()
    made = staff_api.post("products", {**NEW_PRODUCT, "inventory_count": 0, "is_serialized": True}).json()["product"]
    assert (made["is_serialized"], made["inventory_count"], made["variant_of"]) == (True, 0, None)
    counted = ProductFactory(inventory_count=5)
    refused(staff_api.patch(f"products/{counted.pk}", {"is_serialized": True}), "is_serialized")
    refused(staff_api.patch(f"products/{counted.pk}", {"is_serialized": True, "inventory_count": 0}), "is_serialized")
    assert count(counted) == 5
    Product.objects.update(inventory_count=0)
    assert staff_api.patch(f"products/{counted.pk}", {"is_serialized": True}).status_code == 200


def test_tracking_ends_only_without_devices(staff_api):
    product = tracked_product()
    refused(staff_api.patch(f"products/{product.pk}", {"is_serialized": False}), "is_serialized")
    empty = tracked_product(devices=0)
    assert staff_api.patch(f"products/{empty.pk}", {"is_serialized": False, "inventory_count": 3}).status_code == 200
    assert (count(product), count(empty)) == (2, 3)


def test_a_product_with_devices_is_archived(staff_api):
    product = tracked_product()
    assert "archived" in staff_api.delete(f"products/{product.pk}").json()["message"]
    assert count(product) == 2


def test_an_import_lists_the_row_that_would_set_the_count():
    tracked, counted = tracked_product(sku="T"), ProductFactory(sku="C")
    rows = [row(sku="T", inventory_count="9"), row(sku="C", inventory_count="9")]
    report = importing.run(csv_file(*rows), options=SET_STOCK)
    assert (report.updated, report.failed, [bad.line for bad in report.bad_rows]) == (1, 1, [2])
    assert report.bad_rows[0].reason.startswith("inventory_count: ")
    assert (count(tracked), tracked.name, count(counted)) == (2, "Refurbished Laptop XPS 13", 9)


def test_all_or_nothing_is_nothing_then():
    tracked, counted = tracked_product(sku="T"), ProductFactory(sku="C")
    rows = [row(sku="C", inventory_count="9"), row(sku="T", inventory_count="9")]
    report = importing.run(csv_file(*rows), options=importing.Options(set_stock=True, all_or_nothing=True))
    assert report.rolled_back
    assert (count(tracked), count(counted)) == (2, 5)


@pytest.mark.parametrize("options, in_file", [(None, "9"), (SET_STOCK, "2")])
def test_an_import_brings_the_rest_up_to_date(options, in_file):
    tracked = tracked_product(sku="T")
    report = importing.run(csv_file(row(sku="T", name="Newer", inventory_count=in_file)), options=options)
    assert (report.updated, report.failed, report.stock_kept) == (1, 0, in_file != "2")
    assert (count(tracked), tracked.name, tracked.is_serialized) == (2, "Newer", True)


def test_an_import_over_a_sale_agrees_with_the_devices(monkeypatch):
    tracked = tracked_product(sku="T")
    write = importing.running.saving.write_plan

    def sell_first(planned, **options):
        tracked.devices.first().move_to("in_repair")
        write(planned, **options)

    monkeypatch.setattr("catalog.importing.saving.write_plan", sell_first)
    importing.run(csv_file(row(sku="T", name="Newer", inventory_count="2")), options=SET_STOCK)
    assert (count(tracked), tracked.name) == (1, "Newer")


def test_the_form_refuses_a_typed_count(back_office):
    product = tracked_product()
    page = back_office.get(product_url(product))
    assert "readonly" in str(page.context["adminform"].form["inventory_count"])
    answer = save_form(back_office, product, inventory_count="9")
    assert "tracked by serial number" in str(form_errors(answer)["inventory_count"])
    assert save_form(back_office, product, name="Other").status_code == 302
    assert (count(product), product.name) == (2, "Other")


def test_the_form_of_an_untracked_page_does_not_write_over_tracking(back_office):
    product = ProductFactory(inventory_count=0)
    form = filled_form(back_office, product, inventory_count="9")
    Product.objects.filter(pk=product.pk).update(is_serialized=True)
    assert "tracked by serial number" in str(
        form_errors(back_office.post(product_url(product), form))["inventory_count"]
    )
    assert count(product) == 0


def test_a_new_product_is_tracked_from_the_start(back_office):
    form = {
        **NO_RATES,
        "name": "Phone",
        "sku": "P-1",
        "condition": "good",
        "price": "10",
        "is_serialized": "on",
        "category": ProductFactory().category_id,
        "specifications": "{}",
        "initial-inventory_count": "0",
    }
    answer = back_office.post("/admin/catalog/product/add/", {**form, "inventory_count": "3"})
    assert "receive them" in str(form_errors(answer)["inventory_count"])
    assert back_office.post("/admin/catalog/product/add/", {**form, "inventory_count": "0"}).status_code == 302
    assert Product.objects.get(sku="P-1").is_serialized


def test_a_family_has_one_first_product(back_office):
    first, other = ProductFactory(), ProductFactory(condition="good")
    assert save_form(back_office, other, variant_of=first.pk).status_code == 302
    other.refresh_from_db()
    assert other.variant_of == first
    third = ProductFactory(condition="good")
    assert form_errors(save_form(back_office, third, variant_of=first.pk))  # there is a good one
    for product, target in ((third, other), (first, first), (first, third)):
        answer = save_form(back_office, product, variant_of=target.pk)
        assert "variant_of" in form_errors(answer)
    third.refresh_from_db()
    assert third.variant_of is None
