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


def in_transaction(verb, *args, **answers):
    """One request, with its own transaction."""
    return partial(transactional(verb), *args, **answers)


def checked_count(product):
    """The count is that of the devices, and nothing is held by two."""
    product.refresh_from_db()
    assert product.inventory_count == product.devices.in_stock().count()
    away = Device.objects.filter(status__in=["reserved", "sold", "rented"])
    assert set(away.values_list("pk", flat=True)) == set(DeviceHold.objects.values_list("device_id", flat=True))
    return product.inventory_count


def outcomes(results):
    return sorted(type(result).__name__ for result in results)


def test_two_buyers_for_the_last_device():
    for number in range(ROUNDS):
        product = tracked_product(devices=1)
        results = race([in_transaction(stock.take, {product.pk: 1}, holder=f"order:{number}{n}") for n in range(2)])
        assert outcomes(results) == ["NoneType", "OutOfStock"], results
        assert checked_count(product) == 0


def test_buyers_and_the_workshop_want_the_same_device():
    for number in range(ROUNDS):
        product = tracked_product(devices=2)
        first = product.devices.order_by("pk").first()
        results = race(
            [
                in_transaction(stock.take, {product.pk: 1}, holder=f"order:{number}"),
                in_transaction(devices.to_repair, device=first),
                in_transaction(devices.retire, device=product.devices.order_by("pk").last()),
            ]
        )
        assert all(result is None or isinstance(result, Device | DomainError) for result in results), results
        # No request is answered that there is none while one stands on the shelf.
        assert not isinstance(results[0], OutOfStock) or checked_count(product) == 0
        checked_count(product)


def test_one_serial_for_two_holders():
    for number in range(ROUNDS):
        product = tracked_product(devices=3)
        wanted = product.devices.order_by("pk").last()
        holders = [f"order:{number}{n}" for n in range(2)]
        for holder in holders:
            in_transaction(devices.reserve, product=product, quantity=1, holder=holder)()
        hand_over = partial(in_transaction, devices.hand_over, device_or_serial=wanted.serial, state="sold")
        results = race([hand_over(holder=holder) for holder in holders])
        assert outcomes(results) == ["Device", "DeviceNotInStock"], results
        assert (checked_count(product), product.devices.filter(status="sold").count()) == (1, 1)


def test_a_grade_is_made_once():
    for _ in range(ROUNDS):
        product = ProductFactory(inventory_count=0)
        results = race([in_transaction(stock.restock, product=product, grade="fair") for _ in range(4)])
        assert outcomes(results) == ["Product"] * 4, results
        assert Product.objects.get(variant_of=product).inventory_count == 4


def test_a_serial_is_received_once():
    for number in range(ROUNDS):
        product = tracked_product(devices=0)
        receive = in_transaction(devices.add_devices, product=product, serials=[f"X{number}"], grade="excellent")
        assert outcomes(race([receive] * 3)) == ["SerialTaken", "SerialTaken", "list"]
        assert checked_count(product) == 1


def test_tracking_begins_while_pieces_are_sold():
    for number in range(ROUNDS):
        product = ProductFactory(inventory_count=3)
        serials = [f"T{number}-{n}" for n in range(3)]
        sell = [in_transaction(stock.take, {product.pk: 1}, holder=f"order:{number}{n}") for n in range(2)]
        results = race([*sell, in_transaction(stock.track_by_serial, product=product, serials=serials)])
        assert outcomes(results) == ["NoneType", "NoneType", "list"], results
        checked_count(product)


def test_an_import_of_counts_while_devices_are_sold():
    for number in range(ROUNDS):
        product = tracked_product(devices=3)
        file = csv_file(row(sku=product.sku, name=f"N{number}", inventory_count="3"))
        options = importing.Options(set_stock=True)
        sell = in_transaction(stock.take, {product.pk: 1}, holder=f"order:{number}")
        results = race([sell, partial(importing.run, file, options=options)])
        assert outcomes(results) == ["NoneType", "Report"], results
        assert checked_count(product) == 2


def test_devices_change_hands_without_a_deadlock():
    for number in range(ROUNDS):
        products = [tracked_product(devices=2) for _ in range(2)]
        quantities = {product.pk: 1 for product in products}
        holders = [f"order:{number}{n}" for n in range(2)]
        for holder in holders:
            in_transaction(stock.take, quantities, holder=holder)()
        results = race(
            [
                in_transaction(stock.give_back, dict(reversed(quantities.items())), holder=holders[0]),
                in_transaction(devices.hand_over_all, holder=holders[1], state="sold"),
                in_transaction(devices.add_devices, product=products[0], serials=[f"D{number}"], grade="excellent"),
            ]
        )
        assert outcomes(results) == ["NoneType", "list", "list"], results
        assert [checked_count(product) for product in products] == [2, 1]


def test_no_device_is_lost_between_two_grades():
    for _ in range(ROUNDS):
        product = tracked_product(devices=0)
        back = [DeviceFactory(product=product) for _ in range(2)]
        for device in back:
            in_transaction(devices.to_repair, device=device)()
        jobs = [
            in_transaction(devices.check_in, device=device, grade=grade, to="in_stock")
            for device, grade in zip(back, ("good", "excellent"), strict=True)
        ]
        assert outcomes(race(jobs)) == ["Device", "Device"]
        assert [checked_count(one) for one in Product.objects.family(product.pk).order_by("pk")] == [
            1,
            1,
        ]
