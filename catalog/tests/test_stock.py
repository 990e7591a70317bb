"""Every change of a count leaves a movement; `catalog/stock.py` alone makes changes."""

import ast
import re
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog import devices, importing, services, stock
from catalog.errors import OutOfStock
from catalog.models import Product, StockMovement
from catalog.signals import stock_changed
from catalog.tests.factories import ProductFactory, tracked_product
from catalog.tests.shop import (
    NEW_PRODUCT,
    assert_movements_lead_to,
    csv_file,
    laptops,
    row,
    save_form,
)

ROOT = Path(__file__).resolve().parents[2]
APART = {"tests", "migrations", "bench", ".venv", "scripts"}


def movements(product):
    """(kind, before, after, reference) of each movement, oldest first."""
    rows = product.stock_movements.order_by("pk")
    return list(rows.values_list("kind", "before", "after", "reference"))


# Calls that can write a column, also by their asynchronous names (aupdate).
WRITERS = {
    *("update", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "save"),
    *("setattr", "execute", "executemany", "raw"),
}


def names_count(node):
    """Whether a part of a call names the column to write it: what F reads of it is no write."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "F":
        return False
    if isinstance(node, ast.keyword) and node.arg == "inventory_count":
        return True
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.search(r"\binventory_count\b", node.value) is not None
    return any(map(names_count, ast.iter_child_nodes(node)))


def writes_of_count(source):
    """The lines of a module that could write `inventory_count`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr == "inventory_count" and isinstance(node.ctx, ast.Store):
            yield node.lineno
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = [part for part in node.keywords if part.arg in ("inventory_count", None)]
            makes = name[:1].isupper() and name != "Q" and any(map(names_count, given))
            writes = {name, name.removeprefix("a")} & WRITERS
            if makes or (writes and any(map(names_count, [*node.args, *node.keywords]))):
                yield node.lineno


def test_stock_alone_writes_counts():
    found = {
        str(path.relative_to(ROOT)): lines
        for path in ROOT.rglob("*.py")
        if not APART & set(path.relative_to(ROOT).parts) and (lines := list(writes_of_count(path.read_text())))
    }
    assert found.keys() == {"catalog/stock.py"}


@pytest.mark.parametrize(
    "source",
    [
        "product.inventory_count = 5",
        "product.inventory_count += 1",
        "Product.objects.filter(pk=1).update(inventory_count=F('inventory_count') + 1)",
        "Product(name='x', inventory_count=5)",
        "Product.objects.create(inventory_count=5)",
        "product.save(update_fields=['name', 'inventory_count'])",
        "Product.objects.bulk_create(rows, update_fields=[*WRITTEN, 'inventory_count'])",
        "Product.objects.bulk_update(rows, ['inventory_count'])",
        "Product.objects.update_or_create(sku='x', defaults={'inventory_count': 5})",
        "Product.objects.update_or_create(sku='x', create_defaults={'inventory_count': 5})",
        "Product.objects.get_or_create(sku='x', defaults=dict(inventory_count=5))",
        "Product.objects.filter(pk=1).update(**{'inventory_count': 5})",
        "Product(**{'inventory_count': 5})",
        "setattr(product, 'inventory_count', 5)",
        "await_(Product.objects.aupdate(inventory_count=5))",
        "await_(Product.objects.acreate(**{'name': 'x', 'inventory_count': 5}))",
        "await_(Product.objects.abulk_update(rows, fields=['inventory_count']))",
        "await_(product.asave(update_fields=['inventory_count']))",
        "cursor.execute('UPDATE catalog_product SET inventory_count = 5')",
    ],
)
def test_the_search_for_writes_finds_them(source):
    assert list(writes_of_count(source)) == [1]


def test_the_search_for_writes_lets_reading_pass():
    assert not list(
        writes_of_count("Product.objects.filter(inventory_count__gt=0, inventory_count=Q(inventory_count=0))")
    )
    assert not list(writes_of_count("Sale.objects.create(left=F('inventory_count'), pieces=product.inventory_count)"))


@pytest.mark.django_db
class TestMovements:
    def test_taken_and_given_back(self, staff):
        product, other = ProductFactory(inventory_count=5), ProductFactory(inventory_count=1)
        stock.take({product.pk: 2, other.pk: 1}, holder="order:7", by=staff)
        stock.give_back({product.pk: 2}, holder="order:7", reason="Not paid in time")
        assert movements(product) == [("taken", 5, 3, "order:7"), ("returned", 3, 5, "order:7")]
        assert movements(other) == [("taken", 1, 0, "order:7")]
        back, out = product.stock_movements.all()
        assert (out.reason, out.actor, out.change) == ("For order #7", staff, -2)
        assert (back.reason, back.actor, back.change) == ("Not paid in time", None, 2)

    def test_a_refusal_leaves_nothing(self):
        product, other = ProductFactory(inventory_count=5), ProductFactory(inventory_count=1)
        with pytest.raises(OutOfStock), transaction.atomic():
            stock.take({product.pk: 2, other.pk: 2}, holder="order:7")
        assert not StockMovement.objects.exists()

    def test_devices(self, staff):
        product = tracked_product(devices=0)
        first, second = devices.add_devices(product=product, serials=["A", "B"], grade="excellent", by=staff)
        stock.take({product.pk: 1}, holder="order:7")
        devices.hand_over(holder="order:7", device_or_serial="B", state="sold")
        devices.to_repair(device=first, note="Hinge")
        devices.take_back(holder="order:7")
        devices.check_in(device=type(second).objects.get(pk=second.pk), grade="excellent", to="in_stock", by=staff)
        assert movements(product) == [
            ("received", 0, 1, f"device:{first.pk}"),
            ("received", 1, 2, f"device:{second.pk}"),
            ("taken", 2, 1, "order:7"),
            ("returned", 1, 2, "order:7"),
            ("taken", 2, 1, "order:7"),
            ("removed", 1, 0, f"device:{first.pk}"),
            ("returned", 0, 1, f"device:{second.pk}"),
        ]
        reasons = list(product.stock_movements.order_by("pk").values_list("reason", flat=True))
        assert reasons[2:6] == ["A: For order #7", "A: B went to order #7 instead", "B: For order #7", "A: Hinge"]
        assert_movements_lead_to(product)

    def test_tracking_counts_anew(self, staff):
        product = ProductFactory(inventory_count=3)
        stock.track_by_serial(product=product, serials=["A"], by=staff)
        assert [row[:3] for row in movements(product)] == [("counted", 3, 0), ("received", 0, 1)]

    def test_a_piece_in_another_grade(self):
        product = ProductFactory(inventory_count=3)
        good = stock.restock(product=product, grade="good", reference="rental:4")
        assert movements(good) == [("returned", 0, 1, "rental:4")]
        assert good.stock_movements.get().reason == "From rental #4, good"

    def test_staff_over_the_api(self, staff_api, staff):
        product = Product.objects.get(pk=staff_api.post("products", NEW_PRODUCT).json()["product"]["id"])
        count = NEW_PRODUCT["inventory_count"]
        body = {"inventory_count": count + 4, "name": "Other"}
        assert staff_api.patch(f"products/{product.pk}", body).json()["product"]["inventory_count"] == count + 4
        assert staff_api.patch(f"products/{product.pk}", {"inventory_count": count + 4}).status_code == 200
        assert movements(product) == [("opening", 0, count, ""), ("counted", count, count + 4, "")]
        assert {movement.actor for movement in product.stock_movements.all()} == {staff}

    def test_staff_in_the_back_office(self, back_office, staff):
        product = ProductFactory(inventory_count=5)
        assert save_form(back_office, product, inventory_count="9", name="Other").status_code == 302
        assert save_form(back_office, product, name="Another").status_code == 302
        movement = product.stock_movements.get()
        assert (movement.kind, movement.before, movement.after, movement.actor) == ("counted", 5, 9, staff)
        product.refresh_from_db()
        assert (product.inventory_count, product.name) == (9, "Another")

    def test_imports(self):
        known = ProductFactory(sku="KNOWN", inventory_count=5)
        rows = [
            row(sku="KNOWN", inventory_count="8"),
            row(sku="NEW", inventory_count="3"),
            row(sku="NONE", inventory_count="0"),
        ]
        importing.run(csv_file(*rows))
        assert movements(known) == []
        new, none = Product.objects.get(sku="NEW"), Product.objects.get(sku="NONE")
        assert (movements(new), movements(none)) == ([("opening", 0, 3, "")], [])
        importing.run(
            csv_file(*rows[:1], row(sku="NEW", inventory_count="2")), options=importing.Options(set_stock=True)
        )
        assert movements(known) == [("imported", 5, 8, "")]
        assert movements(new)[1:] == [("imported", 3, 2, "")]

    def test_an_import_moves_a_batch_in_few_queries(self):
        with CaptureQueriesContext(connection) as captured:
            importing.run(csv_file(*laptops(900)))
        queries = [query["sql"] for query in captured.captured_queries]
        updates = [sql for sql in queries if sql.startswith("UPDATE") and "inventory_count" in sql]
        inserts = [sql for sql in queries if sql.startswith("INSERT") and "catalog_stockmovement" in sql]
        assert len(updates) == 8  # the counts in the file, but 0
        assert 0 < len(inserts) < 10
        for product in Product.objects.all():
            assert_movements_lead_to(product)

    def test_a_deleted_product_takes_its_movements_along(self, staff):
        product = services.create_product(fields=NEW_PRODUCT, by=staff)
        assert services.remove_product(product_id=product.pk)[1]
        assert not StockMovement.objects.exists()

    def test_whoever_listens_is_in_the_transaction(self):
        product, signals_seen = ProductFactory(inventory_count=5), []

        def listen(*, movements, **_):
            signals_seen.extend((movement.product_id, movement.before, movement.after) for movement in movements)
            raise RuntimeError("no")

        stock_changed.connect(listen)
        try:
            with pytest.raises(RuntimeError), transaction.atomic():
                stock.take({product.pk: 2})
        finally:
            stock_changed.disconnect(listen)
        product.refresh_from_db()
        assert (signals_seen, product.inventory_count) == ([(product.pk, 5, 3)], 5)
        assert not StockMovement.objects.exists()


@pytest.mark.django_db
class TestTheDatabase:
    @pytest.mark.parametrize(
        "values",
        [
            {"change": 2, "before": 1, "after": 4},
            {"change": -2, "before": 1, "after": -1},
            {"change": 0, "before": 1, "after": 1},
            {"change": 1, "before": 1, "after": 2, "kind": "lost"},
        ],
    )
    def test_it_refuses_figures_that_cannot_be(self, values):
        product = ProductFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            StockMovement.objects.create(product=product, **{"kind": "counted", **values})

    def test_it_refuses_to_change_a_movement(self):
        product = ProductFactory()
        stock.take({product.pk: 1}, holder="order:7")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            StockMovement.objects.update(reason="Other")
        assert StockMovement.objects.get().reason == "For order #7"
