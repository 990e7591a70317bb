"""What an import does to the catalogue."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from catalog import importing, search
from catalog.importing import Options
from catalog.models import Brand, Category, Product, SearchTerm
from catalog.tests.factories import BrandFactory, CategoryFactory, ProductFactory
from catalog.tests.shop import GOOD, csv_file, laptops, row

pytestmark = pytest.mark.django_db


def counts(report):
    return report.created, report.updated, report.unchanged, report.failed


def catalogue_rows():
    """Everything in the catalogue, as it must be found again when nothing was to change."""
    products = list(Product.objects.order_by("pk").values())
    return products, list(Category.objects.values()), list(Brand.objects.values()), SearchTerm.objects.count()


def test_a_price_list_goes_in_whole_and_a_second_time_changes_nothing():
    assert counts(importing.run(csv_file(*laptops(1303)))) == (1303, 0, 0, 0)
    before = catalogue_rows()
    assert counts(importing.run(csv_file(*laptops(1303)))) == (0, 0, 1303, 0)
    assert catalogue_rows() == before
    assert len(before[0]) == 1303 and len(before[2]) == 7


@pytest.mark.skipif(not os.environ.get("REAL_PRODUCTS_CSV"), reason="REAL_PRODUCTS_CSV names no file")
def test_a_real_price_list_goes_in_whole_and_a_second_time_changes_nothing():
    path = Path(os.environ["REAL_PRODUCTS_CSV"])
    with path.open("rb") as file:
        first = importing.run(file)
    with path.open("rb") as file:
        assert counts(importing.run(file)) == (0, 0, first.created, 0)
    assert (first.created, first.failed) == (Product.objects.count(), 0) and first.created > 1000


def test_a_row_becomes_a_product():
    importing.run(csv_file(row()))
    product = Product.objects.with_names().get()
    assert (product.sku, product.name, product.description) == (GOOD["sku"], GOOD["name"], GOOD["description"])
    assert (product.price, product.rental_price) == (Decimal("1044.99"), Decimal("108.99"))
    assert (product.category.slug, product.category.name, product.brand.name) == ("laptop", "Laptop", "Apple")
    assert (product.condition, product.inventory_count, product.is_rentable) == ("excellent", 5, True)
    assert product.specifications == {"cpu": "Intel Core i5 2.3GHz", "ram": "8GB"}
    assert (product.image_url, product.currency) == ("/images/products/app-0001-e.jpg", "USD")
    assert product.created_at and not product.is_featured and not product.archived_at


@pytest.mark.parametrize(
    ("change", "attribute", "value"),
    [
        ({"name": "New name"}, "name", "New name"),
        ({"description": ""}, "description", ""),
        ({"condition": "fair"}, "condition", "fair"),
        ({"price": "999.00"}, "price", Decimal("999.00")),
        ({"rental_price": "", "is_rentable": "false"}, "rental_price", None),
        ({"is_rentable": "false"}, "is_rentable", False),
        ({"image_url": "/images/products/other.jpg"}, "image_url", "/images/products/other.jpg"),
        ({"specifications": '{"ram": "8GB"}'}, "specifications", {"ram": "8GB"}),
        ({"specifications": ""}, "specifications", {}),
    ],
)
def test_what_differs_is_brought_up_to_date_and_nothing_else(change, attribute, value):
    importing.run(csv_file(row(), row(sku="OTHER")))
    other = Product.objects.filter(sku="OTHER").values().get()
    before = Product.objects.filter(sku=GOOD["sku"]).values().get()
    assert counts(importing.run(csv_file(row(**change), row(sku="OTHER")))) == (0, 1, 1, 0)
    product = Product.objects.get(pk=before["id"])
    assert getattr(product, attribute) == value
    assert product.created_at == before["created_at"] and product.updated_at > before["updated_at"]
    assert Product.objects.filter(sku="OTHER").values().get() == other


def test_category_and_brand_change_with_the_file_and_their_spelling_does_not_matter():
    importing.run(csv_file(row()))
    assert counts(importing.run(csv_file(row(category="Laptop", brand="APPLE")))) == (0, 0, 1, 0)
    assert counts(importing.run(csv_file(row(category="tablet", brand="")))) == (0, 1, 0, 0)
    product = Product.objects.with_names().get()
    assert (product.category.slug, product.brand) == ("tablet", None)


def test_true_is_not_1_and_the_order_of_keys_does_not_matter():
    importing.run(csv_file(row(specifications='{"a": 1, "b": 2}')))
    assert counts(importing.run(csv_file(row(specifications='{"b": 2, "a": 1}')))) == (0, 0, 1, 0)
    assert counts(importing.run(csv_file(row(specifications='{"a": true, "b": 2}')))) == (0, 1, 0, 0)
    assert Product.objects.get().specifications["a"] is True


def test_a_sku_in_another_case_is_the_same_product():
    importing.run(csv_file(row(sku="app-0001-e")))
    assert counts(importing.run(csv_file(row(sku="APP-0001-E", name="New name")))) == (0, 1, 0, 0)
    assert (Product.objects.get().sku, Product.objects.get().name) == ("app-0001-e", "New name")


def test_stock_that_is_there_is_kept_and_the_report_says_so():
    importing.run(csv_file(row(), row(sku="SAME")))
    Product.objects.filter(sku=GOOD["sku"]).update(inventory_count=2)
    report = importing.run(csv_file(row(name="New name"), row(sku="SAME"), row(sku="NEW")))
    assert (counts(report), report.stock_kept) == ((1, 1, 1, 0), 1)
    assert Product.objects.get(sku=GOOD["sku"]).inventory_count == 2


def test_stock_is_taken_from_the_file_when_asked():
    importing.run(csv_file(row(), row(sku="SAME")))
    Product.objects.filter(sku=GOOD["sku"]).update(inventory_count=2)
    report = importing.run(csv_file(row(), row(sku="SAME")), options=Options(set_stock=True))
    assert (counts(report), report.stock_kept) == ((0, 1, 1, 0), 0)
    assert Product.objects.get(sku=GOOD["sku"]).inventory_count == 5


def test_a_dry_run_reports_the_same_and_writes_nothing():
    ProductFactory(sku="OLD-1", name="Old name", category=CategoryFactory(), brand=BrandFactory())
    before = catalogue_rows()
    file = [row(), row(sku="OLD-1"), row(sku="BAD", price="x"), row(sku="NEW", category="brand-new", brand="Newest")]
    dry = importing.run(csv_file(*file), options=Options(dry_run=True))
    assert catalogue_rows() == before
    assert importing.run(csv_file(*file)) == dry
    assert counts(dry) == (2, 1, 0, 1)


@pytest.mark.parametrize("position", [0, 3, 6])
def test_all_or_nothing_writes_nothing_when_a_row_is_bad_wherever_it_stands(position):
    ProductFactory(sku="OLD-1", name="Old name")
    before = catalogue_rows()
    rows = [row(sku="OLD-1"), *(row(sku=f"NEW-{number}", category=f"kind-{number}") for number in range(5))]
    rows.insert(position, row(sku="BAD", price="-1"))
    report = importing.run(csv_file(*rows), options=Options(all_or_nothing=True, batch_size=2))
    assert (counts(report), report.rolled_back) == ((5, 1, 0, 1), True)
    assert catalogue_rows() == before


def test_all_or_nothing_writes_all_when_every_row_is_good():
    options = Options(all_or_nothing=True, batch_size=2)
    report = importing.run(csv_file(*laptops(5)), options=options)
    assert (counts(report), report.rolled_back, Product.objects.count()) == ((5, 0, 0, 0), False, 5)


def test_an_import_that_breaks_off_keeps_whole_batches_and_is_completed_by_running_it_again(monkeypatch):
    index, calls = search.index, []

    def fail_the_third_time(products):
        calls.append(products)
        if len(calls) == 3:
            raise RuntimeError("power cut")
        index(products)

    monkeypatch.setattr(search, "index", fail_the_third_time)
    with pytest.raises(RuntimeError):
        importing.run(csv_file(*laptops(35)), options=Options(batch_size=10))
    assert Product.objects.count() == 20
    assert not Product.objects.filter(search_terms=None).exists()
    assert counts(importing.run(csv_file(*laptops(35)))) == (15, 0, 20, 0)


def test_rows_of_long_texts_are_written_in_smaller_batches(monkeypatch):
    sizes = []
    monkeypatch.setattr(search, "index", lambda products: sizes.append(len(products)))
    long = {"description": "💻" * 10_000, "specifications": f'{{"a": "{"x" * 19_000}"}}'}
    importing.run(csv_file(*(row(sku=f"LONG-{number}", **long) for number in range(80))))
    assert sum(sizes) == 80 and max(sizes) < 40


def test_what_was_imported_is_found():
    importing.run(csv_file(row(), row(sku="OTHER", name="Tablet", specifications="{}")))
    assert set(SearchTerm.objects.filter(term="macbook").values_list("product__sku", flat=True)) == {GOOD["sku"]}
    importing.run(csv_file(row(name="Refurbished iBook")))
    assert not SearchTerm.objects.filter(term="macbook").exists()
    assert SearchTerm.objects.filter(term="ibook").exists()


def test_an_archived_product_stays_archived():
    product = ProductFactory(sku=GOOD["sku"], archived_at=timezone.now())
    report = importing.run(csv_file(row()))
    product.refresh_from_db()
    assert (report.updated, report.archived, product.name) == (1, 1, GOOD["name"])
    assert product.archived_at


def test_what_the_file_does_not_name_is_left_alone():
    product = ProductFactory(sku=GOOD["sku"], is_featured=True, currency="EUR", image="products/photo.jpg")
    ProductFactory(sku="NOT-IN-THE-FILE", name="Untouched")
    importing.run(csv_file(row(image_url="")))
    kept = (product.image_url, product.inventory_count)
    product.refresh_from_db()
    assert (product.is_featured, product.currency, product.image.name) == (True, "EUR", "products/photo.jpg")
    assert (product.image_url, product.inventory_count) == kept
    assert Product.objects.get(sku="NOT-IN-THE-FILE").name == "Untouched"


def test_keeping_what_exists_only_adds():
    importing.run(csv_file(row()))
    report = importing.run(csv_file(row(name="New name"), row(sku="NEW")), options=Options(keep_existing=True))
    assert (counts(report), Product.objects.get(sku=GOOD["sku"]).name) == ((1, 0, 1, 0), GOOD["name"])


def test_the_number_of_queries_grows_with_the_batches_not_with_the_rows(django_assert_max_num_queries):
    importing.run(csv_file(*laptops(8)))
    with django_assert_max_num_queries(40):
        importing.run(csv_file(*laptops(400, start=8)))
