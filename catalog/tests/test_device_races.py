"""Many hands at one device, on a database whose rows lock."""

from functools import partial

import pytest

from catalog import devices, importing, stock
from catalog.errors import OutOfStock
from catalog.models import Device, DeviceHold, Product
from catalog.tests.factories import DeviceFactory, ProductFactory, tracked_product
from catalog.tests.shop import csv_file, row
from core.db import transactional
from core.errors import DomainError
from core.testing.races import race

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

ROUNDS = 20


def job(verb, *args, **answers):
    """One request, with its own transaction."""
    return partial(transactional(verb), *args, **answers)


def agrees(product):
    """The count is that of the devices, and nothing is held by two."""
    product.refresh_from_db()
    assert product.inventory_count == product.devices.in_stock().count()
    away = Device.objects.filter(status__in=["reserved", "sold", "rented"])
    assert set(away.values_list("pk", flat=True)) == set(DeviceHold.objects.values_list("device_id", flat=True))
    return product.inventory_count


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def test_two_buyers_for_the_last_device():
    for number in range(ROUNDS):
        product = tracked_product(devices=1)
        results = race([job(stock.take, {product.pk: 1}, holder=f"order:{number}{n}") for n in range(2)])
        assert kinds(results) == ["NoneType", "OutOfStock"], results
        assert agrees(product) == 0


def test_buyers_and_the_workshop_want_the_same_device():
    for number in range(ROUNDS):
        product = tracked_product(devices=2)
        first = product.devices.order_by("pk").first()
        results = race(
            [
                job(stock.take, {product.pk: 1}, holder=f"order:{number}"),
                job(devices.to_repair, device=first),
                job(devices.retire, device=product.devices.order_by("pk").last()),
            ]
        )
        assert all(result is None or isinstance(result, Device | DomainError) for result in results), results
        # Nobody is told that there is none while one stands on the shelf.
        assert not isinstance(results[0], OutOfStock) or agrees(product) == 0
        agrees(product)


def test_one_serial_for_two_holders():
    for number in range(ROUNDS):
        product = tracked_product(devices=3)
        wanted = product.devices.order_by("pk").last()
        holders = [f"order:{number}{n}" for n in range(2)]
        for holder in holders:
            job(devices.reserve, product=product, quantity=1, holder=holder)()
        hand_over = partial(job, devices.hand_over, device_or_serial=wanted.serial, state="sold")
        results = race([hand_over(holder=holder) for holder in holders])
        assert kinds(results) == ["Device", "DeviceNotInStock"], results
        assert (agrees(product), product.devices.filter(status="sold").count()) == (1, 1)


def test_a_grade_is_made_once():
    for _ in range(ROUNDS):
        product = ProductFactory(inventory_count=0)
        results = race([job(stock.restock, product=product, grade="fair") for _ in range(4)])
        assert kinds(results) == ["Product"] * 4, results
        assert Product.objects.get(variant_of=product).inventory_count == 4


def test_a_serial_is_received_once():
    for number in range(ROUNDS):
        product = tracked_product(devices=0)
        receive = job(devices.add_devices, product=product, serials=[f"X{number}"], grade="excellent")
        assert kinds(race([receive] * 3)) == ["SerialTaken", "SerialTaken", "list"]
        assert agrees(product) == 1


def test_tracking_begins_while_pieces_are_sold():
    for number in range(ROUNDS):
        product = ProductFactory(inventory_count=3)
        serials = [f"T{number}-{n}" for n in range(3)]
        sell = [job(stock.take, {product.pk: 1}, holder=f"order:{number}{n}") for n in range(2)]
        results = race([*sell, job(stock.track_by_serial, product=product, serials=serials)])
        assert kinds(results) == ["NoneType", "NoneType", "list"], results
        agrees(product)


def test_an_import_of_counts_while_devices_are_sold():
    for number in range(ROUNDS):
        product = tracked_product(devices=3)
        file = csv_file(row(sku=product.sku, name=f"N{number}", inventory_count="3"))
        options = importing.Options(set_stock=True)
        sell = job(stock.take, {product.pk: 1}, holder=f"order:{number}")
        results = race([sell, partial(importing.run, file, options=options)])
        assert kinds(results) == ["NoneType", "Report"], results
        assert agrees(product) == 2


def test_devices_change_hands_without_a_deadlock():
    for number in range(ROUNDS):
        products = [tracked_product(devices=2) for _ in range(2)]
        quantities = {product.pk: 1 for product in products}
        holders = [f"order:{number}{n}" for n in range(2)]
        for holder in holders:
            job(stock.take, quantities, holder=holder)()
        results = race(
            [
                job(stock.give_back, dict(reversed(quantities.items())), holder=holders[0]),
                job(devices.hand_over_all, holder=holders[1], state="sold"),
                job(devices.add_devices, product=products[0], serials=[f"D{number}"], grade="excellent"),
            ]
        )
        assert kinds(results) == ["NoneType", "list", "list"], results
        assert [agrees(product) for product in products] == [2, 1]


def test_no_device_is_lost_between_two_grades():
    for _ in range(ROUNDS):
        product = tracked_product(devices=0)
        back = [DeviceFactory(product=product) for _ in range(2)]
        for device in back:
            job(devices.to_repair, device=device)()
        jobs = [
            job(devices.check_in, device=device, grade=grade, to="in_stock")
            for device, grade in zip(back, ("good", "excellent"), strict=True)
        ]
        assert kinds(race(jobs)) == ["Device", "Device"]
        assert [agrees(one) for one in Product.objects.family(product.pk).order_by("pk")] == [1, 1]
