"""Two imports at once, and an import beside a sale."""

import pytest
from django.db import transaction

from catalog import importing, stock
from catalog.importing import Options
from catalog.models import Product, SearchTerm
from catalog.tests.shop import GOOD, csv_file, laptops, row
from core.testing.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


@pytest.mark.parametrize("start", [0, 30])
def test_imports_of_the_same_products_at_once_all_succeed(start):
    rows = list(laptops(120))
    orders = (rows, rows[start:] + rows[:start], rows[::-1], rows)
    files = [csv_file(*order) for order in orders]
    reports = race([lambda file=file: importing.run(file, options=Options(batch_size=40)) for file in files])
    assert [getattr(report, "failed", report) for report in reports] == [0, 0, 0, 0]
    assert Product.objects.count() == 120
    assert not Product.objects.filter(search_terms=None).exists()
    assert importing.run(csv_file(*rows)).unchanged == 120


def test_a_sale_during_an_import_is_not_undone():
    importing.run(csv_file(row(inventory_count="50")))
    product = Product.objects.get(sku=GOOD["sku"])

    def sell():
        for _ in range(10):
            with transaction.atomic():
                stock.take({product.pk: 1})

    def bring_up_to_date():
        for number in range(10):
            importing.run(csv_file(row(inventory_count="50", name=f"Name {number}")))

    assert race([sell, bring_up_to_date, sell]) == [None, None, None]
    product.refresh_from_db()
    assert (product.inventory_count, product.name) == (30, "Name 9")
    assert SearchTerm.objects.filter(product=product, term="macbook").count() == 0
