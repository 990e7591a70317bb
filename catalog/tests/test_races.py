"""Sales and staff at the same moment, on a database whose rows lock."""

from functools import partial

import pytest

from catalog import devices, importing, services, stock
from catalog.models import Brand, Product
from catalog.tests.factories import ProductFactory, tracked_product
from catalog.tests.shop import assert_movements_lead_to, csv_file, row
from core.db import transactional
from core.testing.races import race

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ROUNDS = 20
FIELDS = {"name": "One", "sku": "ONE-1", "price": 1, "category": "phone", "brand": "Nokia", "specifications": {}}


def sell(product):
    """Sell one piece, as an order does."""
    return partial(transactional(stock.take), {product.pk: 1})


def import_count(product):
    """Set the count by a file."""
    file = csv_file(row(sku=product.sku, inventory_count="7"))
    importing.run(file, options=importing.Options(set_stock=True))


def edit(product, **changes):
    """Change the product, as staff do."""
    return partial(services.change_product, product_id=product.pk, changes=changes)


def test_an_edit_never_undoes_a_sale():
    for _ in range(ROUNDS):
        product = ProductFactory(inventory_count=5)
        results = race([sell(product)] * 3 + [edit(product, name=f"N{n}") for n in range(3)])
        assert not [result for result in results if isinstance(result, Exception)]
        assert_movements_lead_to(product, start=5)
        assert product.inventory_count == 2


def test_a_count_by_staff_stands_before_or_after_a_sale():
    for _ in range(ROUNDS):
        product = ProductFactory(inventory_count=5)
        race([sell(product), edit(product, inventory_count=50)])
        assert_movements_lead_to(product, start=5)
        assert product.inventory_count in (49, 50)


def test_movements_follow_each_other_whoever_moves_the_count():
    for number in range(ROUNDS):
        counted, tracked = ProductFactory(inventory_count=5), tracked_product(devices=3)
        quantities = {counted.pk: 1, tracked.pk: 1}
        takes = [partial(transactional(stock.take), quantities, holder=f"order:{number}{n}") for n in range(4)]
        gives = partial(transactional(stock.give_back), {counted.pk: 2})
        receives = partial(
            transactional(devices.add_devices), product=tracked, serials=[f"N{number}"], grade="excellent"
        )
        race([*takes, gives, receives, edit(counted, inventory_count=9), partial(import_count, counted)])
        assert_movements_lead_to(counted, start=5)
        assert_movements_lead_to(tracked)
        assert tracked.inventory_count == tracked.devices.in_stock().count()


def test_two_imports_of_one_new_product_open_its_count_once():
    for number in range(ROUNDS):
        rows = [row(sku=f"NEW-{number}", inventory_count=str(count)) for count in (3, 4)]
        race([partial(importing.run, csv_file(one)) for one in rows])
        product = Product.objects.get(sku=f"NEW-{number}")
        assert_movements_lead_to(product)
        assert product.inventory_count in (3, 4)
        assert product.stock_movements.count() == 1


def test_one_of_many_gets_the_sku():
    for number in range(ROUNDS):
        fields = {**FIELDS, "sku": f"ONE-{number}", "brand": f"Maker {number}"}
        results = race([partial(services.create_product, fields=fields)] * 4)
        assert sorted(type(result).__name__ for result in results) == ["Product"] + ["SkuTaken"] * 3
        assert Product.objects.filter(sku=fields["sku"]).count() == 1
        assert Brand.objects.filter(name=fields["brand"]).count() == 1


def test_edits_of_one_product_leave_the_terms_of_the_last():
    for number in range(ROUNDS):
        product = services.create_product(fields={**FIELDS, "sku": f"S-{number}"})
        results = race([edit(product, name=f"Word{n} Other{n}") for n in range(3)])
        assert not [result for result in results if isinstance(result, Exception)], results
        product.refresh_from_db()
        terms = set(product.search_terms.values_list("term", flat=True))
        assert {term for term in terms if term.startswith(("word", "other"))} == set(product.name.lower().split())
