"""Single devices: reserved, handed over, taken back; each held by one at most, and the count follows."""

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import ManagerFactory
from catalog import devices, errors, stock
from catalog.models import Device, DeviceHold, Product
from catalog.tests.factories import DeviceFactory, ProductFactory, tracked_product
from core.states import WrongStatus

pytestmark = pytest.mark.django_db


def statuses(product):
    return dict(product.devices.order_by("pk").values_list("serial", "status"))


def stock_of(product):
    """What the product's count says, which is what stands on the shelf."""
    product.refresh_from_db()
    assert product.inventory_count == product.devices.in_stock().count()
    return product.inventory_count


def held_serials(holder):
    return sorted(DeviceHold.objects.filter(held_by=holder).values_list("device__serial", flat=True))


def three_devices():
    """A product with A, B and C in stock, and one of another product."""
    product = ProductFactory(is_serialized=True, inventory_count=0)
    for serial in "ABC":
        DeviceFactory(product=product, serial=serial)
    DeviceFactory(serial="OTHER")
    return product


def refused(code, call, **answers):
    """The call is refused with this code, and nothing changed."""
    before = list(Device.objects.order_by("pk").values("pk", "status")), list(DeviceHold.objects.values("held_by"))
    with pytest.raises(errors.DomainError) as refusal, transaction.atomic():
        call(**answers)
    assert refusal.value.code == code
    after = list(Device.objects.order_by("pk").values("pk", "status")), list(DeviceHold.objects.values("held_by"))
    assert after == before
    return refusal.value.message


def test_the_first_in_stock_are_reserved():
    product = three_devices()
    reserved = devices.reserve(product=product, quantity=2, holder="order:1")
    assert [device.serial for device in reserved] == ["A", "B"]
    assert statuses(product) == {"A": "reserved", "B": "reserved", "C": "in_stock"}
    assert (stock_of(product), held_serials("order:1")) == (1, ["A", "B"])
    refused("out_of_stock", devices.reserve, product=product, quantity=2, holder="order:2")
    assert devices.serials_of(holder="order:1") == {product.pk: ["A", "B"]}


def test_archived_products_are_not_reserved():
    product = three_devices()
    Product.objects.filter(pk=product.pk).update(archived_at="2025-01-01T00:00Z")
    refused("out_of_stock", devices.reserve, product=product, quantity=1, holder="order:1")


def test_release_gives_back_what_was_reserved_and_nothing_else():
    product = three_devices()
    devices.reserve(product=product, quantity=1, holder="order:1")
    devices.reserve(product=product, quantity=1, holder="order:11")
    devices.hand_over_all(holder="order:11", state="sold")
    devices.reserve(product=product, quantity=1, holder="order:11")
    assert [device.serial for device in devices.release(holder="order:1")] == ["A"]
    assert statuses(product) == {"A": "in_stock", "B": "sold", "C": "reserved"}
    assert [device.serial for device in devices.release(holder="order:11")] == ["C"]
    assert (stock_of(product), held_serials("order:1"), held_serials("order:11")) == (2, [], ["B"])


def test_the_reserved_device_is_handed_over():
    product = three_devices()
    devices.reserve(product=product, quantity=1, holder="rental:1")
    device = devices.hand_over(holder="rental:1", device_or_serial=" a ", state="rented")
    assert (device.serial, device.status, stock_of(product)) == ("A", "rented", 2)


def test_another_takes_the_place_of_the_reserved_one():
    product, manager = three_devices(), ManagerFactory()
    devices.reserve(product=product, quantity=1, holder="rental:1")
    given = Device.objects.get(serial="C")
    assert devices.hand_over(holder="rental:1", device_or_serial=given, state="rented", by=manager).pk == given.pk
    assert statuses(product) == {"A": "in_stock", "B": "in_stock", "C": "rented"}
    assert (stock_of(product), held_serials("rental:1")) == (2, ["C"])
    history = [(change.status, change.notes) for change in given.status_history.all()]
    assert history[:2] == [("rented", "For rental #1"), ("reserved", "For rental #1")]
    assert Device.objects.get(serial="A").status_history.first().notes == "C went to rental #1 instead"
    assert given.status_history.first().actor == manager


@pytest.mark.parametrize(
    "serial, code",
    [
        ("NOPE", "unknown_serial"),
        ("OTHER", "wrong_device"),
        ("B", "device_not_in_stock"),
        ("", "bad_serial"),
        ("é", "bad_serial"),
        ("A" * 65, "bad_serial"),
        ("A\x00", "bad_serial"),
    ],
)
def test_what_cannot_be_handed_over(serial, code):
    product = three_devices()
    devices.reserve(product=product, quantity=1, holder="order:1")
    devices.reserve(product=product, quantity=1, holder="order:2")
    refused(code, devices.hand_over, holder="order:1", device_or_serial=serial, state="sold")
    refused(code, devices.hand_over_all, holder="order:1", serials=[serial], state="sold")


def test_all_pieces_need_a_serial_each():
    product = three_devices()
    devices.reserve(product=product, quantity=2, holder="order:1")
    answers = {"holder": "order:1", "state": "sold"}
    message = refused("serials_missing", devices.hand_over_all, serials=["A"], **answers)
    assert message == "serials: 2 are needed, one for each piece, and 1 were given."
    refused("repeated_serial", devices.hand_over_all, serials=["A", "a "], **answers)
    refused("wrong_device", devices.hand_over_all, serials=["A", "B", "C"], **answers)
    assert {d.serial for d in devices.hand_over_all(serials=["c", "B"], **answers)} == {"B", "C"}
    assert statuses(product) == {"A": "in_stock", "B": "sold", "C": "sold"}
    assert (stock_of(product), held_serials("order:1")) == (1, ["B", "C"])
    assert devices.hand_over_all(serials=[], **answers) == []


def test_nobody_is_given_what_others_have():
    product = three_devices()
    devices.reserve(product=product, quantity=1, holder="order:1")
    devices.hand_over_all(holder="order:1", state="sold")
    devices.reserve(product=product, quantity=1, holder="order:2")
    refused("device_not_in_stock", devices.hand_over, holder="order:2", device_or_serial="A", state="sold")


def test_what_comes_back_waits_to_be_graded():
    product = three_devices()
    devices.reserve(product=product, quantity=1, holder="rental:1")
    assert devices.take_back(holder="rental:1") == []
    devices.hand_over_all(holder="rental:1", state="rented")
    assert [device.status for device in devices.take_back(holder="rental:1")] == ["returned"]
    assert (stock_of(product), held_serials("rental:1")) == (2, [])


def test_what_was_paid_in_full_is_sold_and_stays_with_its_contract():
    product = three_devices()
    devices.reserve(product=product, quantity=1, holder="rental:1")
    devices.hand_over_all(holder="rental:1", state="rented")
    assert [device.status for device in devices.mark_sold(holder="rental:1")] == ["sold"]
    assert (stock_of(product), held_serials("rental:1")) == (2, ["A"])


def test_a_sold_device_comes_back_and_a_rented_one_only_with_its_contract():
    product = three_devices()
    for number, state in ((1, "sold"), (2, "rented")):
        devices.reserve(product=product, quantity=1, holder=f"order:{number}")
        devices.hand_over_all(holder=f"order:{number}", state=state)
    sold, rented = Device.objects.get(serial="A"), Device.objects.get(serial="B")
    assert devices.take_back_device(device=sold, note="Bought back").status == "returned"
    with pytest.raises(WrongStatus):
        devices.take_back_device(device=rented)
    assert (held_serials("order:1"), held_serials("order:2")) == ([], ["B"])


def test_the_database_lets_one_have_a_device():
    device = three_devices().devices.first()
    DeviceHold.objects.create(device=device, held_by="order:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        DeviceHold.objects.create(device=device, held_by="rental:1")


@pytest.mark.parametrize(
    "fields", [{"serial": "a"}, {"serial": ""}, {"grade": "poor"}, {"status": "lost"}, {"cost": -1}]
)
def test_the_database_refuses(fields):
    product = three_devices()
    values = {"product": product, "serial": "X", "grade": "good", **fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        Device.objects.create(**values)


def test_a_serial_is_there_once():
    product = three_devices()
    answers = {"product": product, "grade": "excellent"}
    assert [d.serial for d in devices.add_devices(serials=[" sn-1 ", "SN-2"], cost=10, **answers)] == ["SN-1", "SN-2"]
    assert stock_of(product) == 5
    message = refused("serial_taken", devices.add_devices, serials=["x", "sn-1", "OTHER"], **answers)
    assert "SN-1 (in stock)" in message and "OTHER" in message
    refused("repeated_serial", devices.add_devices, serials=["X", "x"], **answers)
    assert stock_of(product) == 5
    refused("not_tracked", devices.add_devices, product=ProductFactory(), serials=["X"], grade="excellent")


def test_a_counted_product_becomes_tracked():
    product = ProductFactory(inventory_count=5)
    stock.track_by_serial(product=product, serials=["X", "Y"], cost=10)
    assert (stock_of(product), product.is_serialized) == (2, True)
    stock.track_by_serial(product=product, serials=["Z"])
    assert stock_of(product) == 3


def test_off_the_shelf_and_back():
    product = three_devices()
    a, b, _ = product.devices.order_by("pk")
    devices.to_repair(device=a, note="Hinge")
    devices.retire(device=b)
    assert stock_of(product) == 1
    devices.retire(device=a)
    assert stock_of(product) == 1
    for device in (a, b):
        devices.check_in(device=device, grade="excellent", to="in_stock")
    assert stock_of(product) == 3
    devices.reserve(product=product, quantity=3, holder="order:1")
    for verb in (devices.to_repair, devices.retire):
        refused("wrong_status", verb, device=a)
    refused("wrong_status", devices.check_in, device=a, grade="excellent", to="in_stock")


def test_stock_is_the_door_to_both_kinds():
    counted, tracked = ProductFactory(inventory_count=5), three_devices()
    wanted = {counted.pk: 2, tracked.pk: 2}
    stock.take(wanted, holder="order:1")
    counted.refresh_from_db()
    assert (counted.inventory_count, stock_of(tracked), held_serials("order:1")) == (3, 1, ["A", "B"])
    stock.give_back(wanted, holder="order:1")
    counted.refresh_from_db()
    assert (counted.inventory_count, stock_of(tracked), held_serials("order:1")) == (5, 3, [])
    with pytest.raises(stock.OutOfStock, match="Insufficient stock for Refurbished Laptop XPS 13"):
        stock.take({tracked.pk: 4}, holder="order:2")


def test_pieces_taken_before_they_had_serials_come_back_with_theirs():
    product = ProductFactory(inventory_count=5)
    stock.take({product.pk: 2}, holder="order:1")
    stock.track_by_serial(product=product, serials=["X", "Y", "Z"])
    stock.give_back({product.pk: 2}, holder="order:1")
    assert stock_of(product) == 3


def test_reserving_costs_the_same_however_many_are_there(django_assert_max_num_queries):
    product = tracked_product(devices=30)
    with django_assert_max_num_queries(16):
        devices.reserve(product=product, quantity=1, holder="order:1")
