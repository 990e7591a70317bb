"""What comes back in another grade becomes the product of that grade, at that grade's price."""

from decimal import Decimal

import pytest

from catalog import devices, services, stock
from catalog.errors import GradeTaken, SerialNeeded
from catalog.models import GradePrice, Product
from catalog.search.filters import Filters
from catalog.search.listing import Listing
from catalog.tests.factories import DeviceFactory, ProductFactory, tracked_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def laptop():
    return ProductFactory(sku="XPS13-R-2025", is_serialized=True, inventory_count=0)


def returned(product, **fields):
    """A device of the product that came back."""
    device = DeviceFactory(product=product, **fields)
    devices.reserve(product=product, quantity=1, holder="rental:1")
    devices.hand_over(holder="rental:1", device_or_serial=device, state="rented")
    devices.take_back(holder="rental:1")
    device.refresh_from_db()
    return device


def counts_by_sku():
    return dict(Product.objects.values_list("sku", "inventory_count"))


def test_the_same_grade_stays_the_same_product(laptop):
    devices.check_in(device=returned(laptop), grade="excellent", to="in_stock")
    assert counts_by_sku() == {"XPS13-R-2025": 1}


def test_another_grade_is_made_at_its_price_and_found(laptop):
    device = devices.check_in(device=returned(laptop), grade="good", to="in_stock", note="A scratch")
    good = device.product
    assert counts_by_sku() == {"XPS13-R-2025": 0, "XPS13-R-2025-G": 1}
    assert (good.price, good.rental_price) == (Decimal("533.32"), Decimal("44.44"))  # x 80 / 90
    assert (good.condition, good.variant_of, device.grade) == ("good", laptop, "good")
    same = ("name", "specifications", "image_url", "category", "brand", "is_rentable", "is_serialized", "description")
    assert [getattr(good, name) for name in same] == [getattr(laptop, name) for name in same]
    found = Listing(Filters(search="xps 16gb", condition=frozenset({"good"})), sort="featured")
    assert [product.pk for product in found[0:9]] == [good.pk]
    assert device.status_history.first().notes == "A scratch"


def test_a_grade_is_made_once_and_from_the_first_of_the_family(laptop):
    good = devices.check_in(device=returned(laptop), grade="good", to="in_stock").product
    Product.objects.filter(pk=good.pk).update(price=1)
    fair = devices.check_in(device=returned(good), grade="fair", to="in_stock").product
    assert (fair.variant_of, fair.sku, fair.price) == (laptop, "XPS13-R-2025-F", Decimal("433.33"))
    assert devices.check_in(device=returned(fair), grade="good", to="in_stock").product == good
    assert devices.check_in(device=returned(fair), grade="excellent", to="in_stock").product == laptop
    assert Product.objects.count() == 3


def test_staff_set_the_percents(laptop):
    GradePrice.objects.filter(grade="good").update(percent=45)
    assert devices.check_in(device=returned(laptop), grade="good", to="in_stock").product.price == Decimal("300.00")
    GradePrice.objects.all().delete()
    assert devices.check_in(device=returned(laptop), grade="new", to="in_stock").product.price == Decimal("666.66")


def test_no_price_grows_beyond_what_an_amount_holds():
    dear = ProductFactory(condition="fair", price="9999999999.99", rental_price=None, is_rentable=False)
    copy = stock.restock(product=dear, grade="new")
    assert (copy.price, copy.rental_price) == (Decimal("9999999999.99"), None)


def test_a_taken_sku_gets_a_number(laptop):
    ProductFactory(sku="xps13-r-2025-g")
    assert devices.check_in(device=returned(laptop), grade="good", to="in_stock").product.sku == "XPS13-R-2025-G2"
    long = ProductFactory(sku="L" * 64)
    assert stock.restock(product=long, grade="fair").sku == "L" * 62 + "-F"


@pytest.mark.parametrize("to", ["in_repair", "retired"])
def test_what_is_not_for_sale_keeps_its_product(laptop, to):
    device = devices.check_in(device=returned(laptop), grade="fair", to=to)
    assert (device.status, device.grade, device.product, Product.objects.count()) == (to, "fair", laptop, 1)
    device = devices.check_in(device=device, grade="good", to="in_stock")
    assert (device.product.condition, device.product.inventory_count) == ("good", 1)


def test_goods_are_received_as_the_product_of_their_grade(laptop):
    devices.add_devices(product=laptop, serials=["A", "B"], grade="fair")
    assert counts_by_sku() == {"XPS13-R-2025": 0, "XPS13-R-2025-F": 2}


def test_pieces_without_serials_are_counted_in_their_grade():
    product = ProductFactory(sku="HP-1", inventory_count=5)
    assert stock.restock(product=product, grade="excellent") == product
    good = stock.restock(product=product, grade="good", quantity=2)
    assert counts_by_sku() == {"HP-1": 6, "HP-1-G": 2}
    assert stock.restock(product=good, grade="good") == good
    assert counts_by_sku() == {"HP-1": 6, "HP-1-G": 3}


def test_pieces_with_serials_are_not_just_counted():
    product = tracked_product()
    with pytest.raises(SerialNeeded):
        stock.restock(product=product, grade="excellent")
    product.refresh_from_db()
    assert product.inventory_count == 2


def test_a_family_has_a_grade_once(laptop):
    fair = stock.restock(product=ProductFactory(sku="A"), grade="fair")
    good = stock.restock(product=fair, grade="good")
    with pytest.raises(GradeTaken):
        services.change_product(product_id=good.pk, changes={"condition": "fair"})
    good.refresh_from_db()
    assert good.condition == "good"
