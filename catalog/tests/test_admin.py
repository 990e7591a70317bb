"""Editing products in the back office."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from catalog import stock
from catalog.models import Product, SearchTerm
from catalog.tests.factories import BrandFactory, CategoryFactory, ProductFactory
from catalog.tests.shop import NO_RATES, filled_form, form_errors, product_url, save_form

pytestmark = pytest.mark.django_db

LIST = "/admin/catalog/product/"


def picture(kind="PNG", size=(8, 8)):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind)
    return data.getvalue()


def test_saving_unchanged_changes_nothing(back_office):
    product = ProductFactory()
    before = Product.objects.values().get(pk=product.pk)
    assert back_office.post(product_url(product), filled_form(back_office, product)).status_code == 302
    after = Product.objects.values().get(pk=product.pk)
    del before["updated_at"], after["updated_at"]
    assert after == before


def test_editing_does_not_undo_a_sale(back_office):
    product = ProductFactory(inventory_count=5)
    form = filled_form(back_office, product, price="499.50")
    stock.take({product.pk: 2})
    assert back_office.post(product_url(product), form).status_code == 302
    product.refresh_from_db()
    assert (product.price, product.inventory_count) == (Decimal("499.50"), 3)


def test_a_count_is_written(back_office):
    product = ProductFactory(inventory_count=5)
    assert save_form(back_office, product, inventory_count="9").status_code == 302
    product.refresh_from_db()
    assert product.inventory_count == 9


def test_a_count_over_a_sale_is_refused_once(back_office):
    product = ProductFactory(inventory_count=5)
    form = filled_form(back_office, product, inventory_count="9", name="Renamed")
    stock.take({product.pk: 2})
    answer = back_office.post(product_url(product), form)
    assert "from 5 to 3" in form_errors(answer)["inventory_count"][0]
    product.refresh_from_db()
    assert (product.inventory_count, product.name) == (3, "Refurbished Laptop XPS 13")
    again = seen_fields(answer)
    assert back_office.post(product_url(product), {**form, **again}).status_code == 302
    product.refresh_from_db()
    assert product.inventory_count == 9


def seen_fields(answer):
    """The hidden fields of a page that refused, as the browser would send them next."""
    data = answer.context["adminform"].form.data
    return {key: data[key] for key in ("initial-inventory_count", "seen_at")}


@pytest.mark.parametrize("missing", ["initial-inventory_count", "seen_at"])
def test_a_form_that_has_seen_nothing_writes_nothing(back_office, missing):
    product = ProductFactory(inventory_count=5)
    form = filled_form(back_office, product, inventory_count="9")
    del form[missing]
    assert back_office.post(product_url(product), form).status_code == 200
    product.refresh_from_db()
    assert product.inventory_count == 5


def test_anothers_edit_is_not_undone_silently(back_office):
    product = ProductFactory()
    form = filled_form(back_office, product, name="Mine")
    product.price = Decimal("1.00")
    product.save()
    answer = back_office.post(product_url(product), form)
    assert "Another person saved" in form_errors(answer)["__all__"][0]
    product.refresh_from_db()
    assert (product.price, product.name) == (Decimal("1.00"), "Refurbished Laptop XPS 13")


def test_a_new_product_is_found_and_has_a_picture(back_office):
    form = {
        **NO_RATES,
        "name": "Sextant Mark II",
        "sku": "SEX-2",
        "price": "10.00",
        "condition": "good",
        "category": CategoryFactory().pk,
        "brand": BrandFactory().pk,
        "inventory_count": "4",
        "initial-inventory_count": "0",
        "specifications": '{"arc": "60 degrees"}',
    }
    assert back_office.post(f"{LIST}add/", form).status_code == 302
    product = Product.objects.get(sku="SEX-2")
    assert (product.inventory_count, product.specifications) == (4, {"arc": "60 degrees"})
    assert back_office.get(product.picture_url).status_code == 200
    assert SearchTerm.objects.filter(product=product, term="sextant").exists()


def test_an_edit_is_found(back_office):
    product = ProductFactory()
    save_form(back_office, product, name="Sextant")
    assert SearchTerm.objects.filter(product=product, term="sextant").exists()


def test_renaming_a_category_lets_its_products_be_found(back_office):
    product = ProductFactory()
    page = reverse("admin:catalog_category_change", args=[product.category_id])
    assert back_office.post(page, {"name": "Navigation", "slug": "laptop"}).status_code == 302
    assert SearchTerm.objects.filter(product=product, term="navigation").exists()


def test_a_category_with_products_is_not_deleted(back_office):
    used, empty = ProductFactory().category, CategoryFactory(slug="empty")
    for category, status in ((used, 403), (empty, 302)):
        page = reverse("admin:catalog_category_delete", args=[category.pk])
        assert back_office.post(page, {"post": "yes"}).status_code == status
    assert list(type(used).objects.all()) == [used]


@pytest.mark.parametrize(
    "field, value",
    [
        ("sku", "TAKEN"),
        ("sku", "with space"),
        ("price", "-1"),
        ("price", "1.234"),
        ("price", "NaN"),
        ("price", "9" * 30),
        ("rental_price", ""),
        ("inventory_count", "-1"),
        ("inventory_count", "9" * 30),
        ("inventory_count", "1.5"),
        ("name", ""),
        ("name", "x" * 201),
        ("name", "a\x00b"),
        ("category", "999999"),
        ("condition", "odd"),
        ("specifications", "[1]"),
        ("specifications", "{oops"),
        ("specifications", '"text"'),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(back_office, field, value):
    ProductFactory(sku="TAKEN")
    product = ProductFactory()
    answer = save_form(back_office, product, **{field: value})
    assert answer.status_code == 200
    assert field in form_errors(answer)


@pytest.mark.parametrize("kind, ending", [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_a_picture_is_kept_under_the_name_of_its_content(back_office, kind, ending):
    product = ProductFactory()
    # What is inside decides, not what the name says.
    upload = SimpleUploadedFile("photo.png", picture(kind))
    assert save_form(back_office, product, image=upload).status_code == 302
    product.refresh_from_db()
    assert product.image.name.endswith(ending)
    assert back_office.get(product.picture_url).status_code == 200


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.png", b"not a picture"),
        ("a.png", b""),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.html", picture()),
        ("a.gif", picture("GIF")),
        ("a.png", picture("PNG", (10_000, 5_000))),
        ("a.png", picture() + b"\0" * (5 * 1024 * 1024)),
    ],
)
def test_only_raster_pictures_are_taken(back_office, name, content):
    product = ProductFactory()
    answer = save_form(back_office, product, image=SimpleUploadedFile(name, content))
    assert "image" in form_errors(answer)
    product.refresh_from_db()
    assert not product.image


def test_archive_and_put_back(back_office):
    product = ProductFactory()
    save_form(back_office, product, name="Sextant")
    back_office.post(product_url(product, "archive"))
    product.refresh_from_db()
    assert product.archived_at
    assert not SearchTerm.objects.filter(product=product).exists()
    page = back_office.get(product_url(product)).content.decode()
    assert product_url(product, "put-back") in page and product_url(product, "archive") not in page
    back_office.post(product_url(product, "put-back"))
    product.refresh_from_db()
    assert product.archived_at is None
    assert SearchTerm.objects.filter(product=product, term="sextant").exists()


def test_delete(back_office):
    product = ProductFactory()
    assert back_office.post(product_url(product, "remove"), follow=True).redirect_chain == [(LIST, 302)]
    assert not Product.objects.exists()


@pytest.mark.parametrize("action, archived", [("archive_chosen", True), ("put_back_chosen", False)])
def test_many_at_once(back_office, action, archived):
    chosen = [ProductFactory(archived_at=None if archived else timezone.now()) for _ in range(2)]
    other = ProductFactory(archived_at=None if archived else timezone.now())
    back_office.post(LIST, {"action": action, "_selected_action": [product.pk for product in chosen]})
    assert {bool(product.archived_at) for product in Product.objects.filter(pk__in=[c.pk for c in chosen])} == {
        archived
    }
    assert bool(Product.objects.get(pk=other.pk).archived_at) is not archived


@pytest.mark.parametrize(
    "query, names",
    [
        ({"stock": "out"}, {"none"}),
        ({"stock": "low"}, {"few"}),
        ({"stock": "enough"}, {"many", "old"}),
        ({"stock": "nonsense"}, {"none", "few", "many", "old"}),
        ({"shelf": "archived"}, {"old"}),
        ({"shelf": "sale"}, {"none", "few", "many"}),
        ({"q": "sku-few"}, {"few"}),
    ],
)
def test_filters(back_office, settings, query, names):
    settings.LOW_STOCK_LEVEL = 2
    for name, count in (("none", 0), ("few", 2), ("many", 3)):
        ProductFactory(name=name, sku=f"SKU-{name}", inventory_count=count)
    ProductFactory(name="old", sku="SKU-old", inventory_count=9, archived_at=timezone.now())
    assert {product.name for product in back_office.get(LIST, query).context["cl"].result_list} == names


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_lists_ask_the_same_for_any_number_of_rows(back_office):
    paths = [LIST, reverse("admin:catalog_category_changelist"), reverse("admin:catalog_brand_changelist")]
    ProductFactory()
    few = [queries(back_office, path) for path in paths]
    for number in range(50):
        slug = f"s{number}"
        ProductFactory(category=CategoryFactory(slug=slug), brand=BrandFactory(slug=slug))
    assert [queries(back_office, path) for path in paths] == few
    assert max(few) <= 8
