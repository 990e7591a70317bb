"""What staff write: create, replace, change, delete or archive; and that no other user can."""

import json

import pytest
from django.core.files.base import ContentFile
from django.db.models import ProtectedError

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from catalog import services, stock
from catalog.models import Brand, Category, Product
from catalog.tests.factories import ProductFactory
from catalog.tests.shop import NEW_PRODUCT, make_product

pytestmark = pytest.mark.django_db


def product_rows():
    return list(Product.objects.order_by("pk").values())


@pytest.mark.parametrize("role", [ManagerFactory, AdminFactory])
def test_staff_make_a_product_that_is_found_at_once(api, role):
    answer = api.login_as(role()).post("products", NEW_PRODUCT)
    product = answer.json()["product"]
    assert (answer.status_code, answer.json()["message"]) == (201, "Product created successfully")
    assert {name: product[name] for name in NEW_PRODUCT} == NEW_PRODUCT
    assert product["image_url"] == "/images/products/phn-1.svg"
    assert [row["id"] for row in api.get("products", {"search": "nokia 8gb"}).json()["products"]] == [product["id"]]
    assert api.get(f"products/{product['id']}").json() == product


def test_a_new_category_and_brand_are_made_once(staff_api):
    staff_api.post("products", {**NEW_PRODUCT, "category": "gaming-chair", "brand": "Nokia"})
    staff_api.post("products", {**NEW_PRODUCT, "sku": "PHN-2", "category": "Gaming Chair", "brand": "NOKIA"})
    assert list(Category.objects.values_list("slug", "name")) == [("gaming-chair", "Gaming chair")]
    assert list(Brand.objects.values_list("slug", "name")) == [("nokia", "Nokia")]


@pytest.mark.parametrize("given", ['{"a": 1}', {"a": 1}])
def test_specifications_come_as_text_or_object_and_leave_as_text(staff_api, given):
    product = staff_api.post("products", {**NEW_PRODUCT, "specifications": given}).json()["product"]
    assert json.loads(product["specifications"]) == {"a": 1}
    assert Product.objects.get().specifications == {"a": 1}


def test_text_beyond_ascii_stays_intact(staff_api):
    name = "Ноутбук 💻👩🏽‍💻 日本語"
    body = {**NEW_PRODUCT, "name": name, "brand": "🍎 日本", "specifications": {"💾": "٣ ü"}}
    answer = staff_api.post("products", body)
    shown = staff_api.get(f"products/{answer.json()['product']['id']}").json()
    assert (shown["name"], shown["brand"]) == (name, "🍎 日本")
    assert json.loads(shown["specifications"]) == {"💾": "٣ ü"}
    assert len(staff_api.get("products", {"search": "ноутбук"}).json()["products"]) == 1


@pytest.mark.parametrize("send", ["post", "put"])
@pytest.mark.parametrize("name", ["name", "sku", "price", "category"])
def test_required_fields_are_required(staff_api, send, name):
    product = ProductFactory()
    path = "products" if send == "post" else f"products/{product.pk}"
    answer = getattr(staff_api, send)(path, {key: value for key, value in NEW_PRODUCT.items() if key != name})
    assert (answer.status_code, list(answer.json()["details"])) == (400, [name])


def test_put_replaces_what_is_not_given_but_keeps_stock_and_picture(staff_api):
    product = ProductFactory(is_featured=True)
    body = {name: NEW_PRODUCT[name] for name in ("name", "sku", "price", "category")}
    answer = staff_api.put(f"products/{product.pk}", body)
    shown = answer.json()["product"]
    assert (answer.status_code, answer.json()["message"]) == (200, "Product updated successfully")
    assert (shown["name"], shown["brand"], shown["rental_price"], shown["is_rentable"]) == (
        NEW_PRODUCT["name"],
        None,
        None,
        False,
    )
    assert (shown["description"], shown["specifications"], shown["is_featured"]) == ("", "{}", False)
    assert (shown["inventory_count"], shown["image_url"]) == (5, product.image_url)


def test_patch_changes_the_given_keys_only(staff_api):
    product = make_product("Alpha", "laptop", "dell", "good", 900)
    shown = staff_api.get(f"products/{product.pk}").json()
    answer = staff_api.patch(f"products/{product.pk}", {"name": "Omega", "price": 5})
    after = answer.json()["product"]
    assert answer.status_code == 200
    assert {name for name in shown if shown[name] != after[name]} - {"updated_at"} == {
        "name",
        "price",
        "purchase_price",
        "rental_terms",  # the longer ones cost less than the price that it had
    }
    assert staff_api.get("products", {"search": "omega"}).json()["pagination"]["total"] == 1
    assert staff_api.get("products", {"search": "alpha dell"}).json()["pagination"]["total"] == 1  # still its SKU
    staff_api.patch(f"products/{product.pk}", {"sku": "OMEGA-1"})
    assert staff_api.get("products", {"search": "alpha"}).json()["pagination"]["total"] == 0


def test_the_object_that_was_read_may_name_its_own_id(staff_api):
    product = ProductFactory()
    assert staff_api.put(f"products/{product.pk}", {**NEW_PRODUCT, "id": product.pk}).status_code == 200
    other = staff_api.put(f"products/{product.pk}", {**NEW_PRODUCT, "id": product.pk + 1})
    assert (other.status_code, list(other.json()["details"])) == (400, ["id"])
    assert staff_api.post("products", {**NEW_PRODUCT, "sku": "B", "id": 7}).status_code == 400


@pytest.mark.parametrize("sku", ["PHN-1", "phn-1"])
def test_a_sku_is_taken_once_also_by_an_archived_product(staff_api, sku):
    services.archive(ProductFactory(sku="PHN-1"))
    mine = ProductFactory()
    for answer in (
        staff_api.post("products", {**NEW_PRODUCT, "sku": sku}),
        staff_api.patch(f"products/{mine.pk}", {"sku": sku}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "sku_taken")
        assert answer.json()["details"] == {"sku": ["A product with this SKU exists already."]}
    assert staff_api.patch(f"products/{mine.pk}", {"sku": mine.sku.lower()}).status_code == 200


def test_a_sku_that_another_writer_takes_in_between_is_refused_too(staff_api, monkeypatch):
    ProductFactory(sku="PHN-1")
    look, answers = Product.refuse_taken_sku, []

    def blind_at_first(product):
        answers.append(product)
        if len(answers) > 1:
            look(product)

    monkeypatch.setattr(Product, "refuse_taken_sku", blind_at_first)
    answer = staff_api.post("products", NEW_PRODUCT)
    assert (answer.status_code, answer.json()["code"], len(answers)) == (400, "sku_taken", 2)
    assert Product.objects.count() == 1
    assert not Category.objects.filter(slug="phone").exists()


def test_a_product_for_rent_needs_a_rate(staff_api):
    product = ProductFactory(rental_price=None, is_rentable=False)
    before = product_rows()
    for answer in (
        staff_api.post("products", {**NEW_PRODUCT, "rental_price": None}),
        staff_api.patch(f"products/{product.pk}", {"is_rentable": True}),
    ):
        assert (answer.status_code, list(answer.json()["details"])) == (400, ["rental_price"])
    assert product_rows() == before


def test_a_product_that_nobody_needs_is_deleted(staff_api):
    product, other = make_product("Alpha", "laptop", "dell", "good", 1), ProductFactory()
    answer = staff_api.delete(f"products/{product.pk}")
    assert (answer.status_code, answer.json()["message"]) == (200, "Product deleted successfully")
    assert answer.json()["product"]["id"] == product.pk
    assert list(Product.objects.all()) == [other]
    assert staff_api.delete(f"products/{product.pk}").status_code == 404


def test_a_product_with_orders_or_rentals_is_archived(staff_api, monkeypatch):
    product = make_product("Alpha", "laptop", "dell", "good", 1)

    def protected(self, *args, **kwargs):
        raise ProtectedError("an order line", {self})

    monkeypatch.setattr(Product, "delete", protected)
    answer = staff_api.delete(f"products/{product.pk}")
    assert (answer.status_code, answer.json()["message"]) == (200, "Product archived, as it has orders or rentals")
    product.refresh_from_db()
    assert product.archived_at is not None
    assert not product.search_terms.exists()
    for refused in (
        staff_api.get(f"products/{product.pk}"),
        staff_api.patch(f"products/{product.pk}", {"name": "Back"}),
        staff_api.put(f"products/{product.pk}", NEW_PRODUCT),
        staff_api.delete(f"products/{product.pk}"),
    ):
        assert (refused.status_code, refused.json()["error"]) == (404, "Product not found.")


@pytest.mark.parametrize("who", [None, UserFactory])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_else_writes(api, who, method):
    product = ProductFactory()
    if who:
        api.login_as(who())
    before = product_rows()
    path = "products" if method == "POST" else f"products/{product.pk}"
    answer = api.generic(method, path, None if method == "DELETE" else NEW_PRODUCT)
    assert answer.status_code == (403 if who else 401)
    assert "token" in answer.json()["error"] or who
    assert product_rows() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_does_not_exist_is_404(staff_api, method):
    ProductFactory()
    before = product_rows()
    assert (
        staff_api.generic(method, "products/999999", NEW_PRODUCT if method != "DELETE" else None).status_code == 404
    )
    assert product_rows() == before


def test_a_sale_while_staff_edit_is_not_undone(staff_api, monkeypatch):
    product = ProductFactory(inventory_count=5)
    assign = services.assign_fields

    def sell_meanwhile(row, values):
        stock.take({row.pk: 2})
        assign(row, values)

    monkeypatch.setattr(services, "assign_fields", sell_meanwhile)
    answer = staff_api.patch(f"products/{product.pk}", {"name": "New name", "price": 1})
    product.refresh_from_db()
    assert (answer.status_code, product.name, product.inventory_count) == (200, "New name", 3)
    body = {name: value for name, value in NEW_PRODUCT.items() if name != "inventory_count"}
    assert staff_api.put(f"products/{product.pk}", body).status_code == 200
    product.refresh_from_db()
    assert product.inventory_count == 1


def test_staff_count_the_stock(staff_api):
    product = ProductFactory(inventory_count=5)
    answer = staff_api.patch(f"products/{product.pk}", {"inventory_count": 40})
    assert answer.json()["product"]["stock"] == 40
    product.refresh_from_db()
    assert product.inventory_count == 40


def test_an_upload_is_the_picture(api):
    product = ProductFactory()
    product.image.save("photo.png", ContentFile(b"png"))
    shown = api.get(f"products/{product.pk}").json()
    assert shown["image_url"] == shown["primary_image"] == product.image.url
