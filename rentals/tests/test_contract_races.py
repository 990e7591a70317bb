"""Many hands at one contract or one device, on a database that locks rows: one consistent end."""

import pytest

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.tests.factories import ProductFactory, tracked_product
from core.testing.races import race
from rentals.lifecycle.creating import create_rental
from rentals.lifecycle.services import check_in, expire, return_rental, ship_rental
from rentals.models import Rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import (
    ROUNDS,
    check_one_end,
    client_of,
    codes,
    deliver,
    fresh,
    outcomes,
    paid_at_the_gateway,
    pay,
    post,
    stock_of,
)

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


def test_signing_and_cancelling():
    for number in range(ROUNDS):
        rental = make_rental()
        event = paid_at_the_gateway(rental)[1] if number % 2 else None
        results = race([post(rental, "sign-contract"), post(rental, "cancel"), *([deliver(event)] if event else [])])
        assert sorted(outcomes(results[:2])) == [200, 400], results
        assert codes(results[:2]) == ["wrong_status"]
        status = check_one_end(rental)
        assert status == ("active" if results[0].status_code == 200 else "cancelled")
        assert fresh(rental).contract.is_signed == (status == "active")
        assert stock_of(rental) == (4 if status == "active" else 5)


def test_signing_twice():
    for _ in range(ROUNDS):
        rental = make_rental()
        results = race([post(rental, "sign-contract") for _ in range(3)])
        assert sorted(outcomes(results)) == [200, 400, 400], results
        assert set(codes(results)) == {"already_signed"}
        assert check_one_end(rental) == "active"
        assert fresh(rental).contract.events.filter(kind="signed").count() == 1


def unseen_rental():
    """A rental whose contract has not been shown."""
    user, product = UserFactory(), ProductFactory()
    address = AddressFactory(user=user)
    return create_rental(user=user, product_id=product.pk, total_months=12, address_id=address.pk)


def test_reading_at_once_is_one_showing():
    for _ in range(ROUNDS // 2):
        rental = unseen_rental()
        apis = [client_of(rental.user) for _ in range(3)]
        results = race([lambda a=api, r=rental: a.get(f"rentals/{r.pk}/contract") for api in apis])
        assert outcomes(results) == [200] * 3
        assert fresh(rental).contract.events.filter(kind="shown").count() == 1
        assert check_one_end(rental) == "pending"


def test_returning_by_many():
    for _ in range(ROUNDS // 2):
        rental = make_rental(signed=True)
        results = race([post(rental, "return") for _ in range(4)])
        assert sorted(outcomes(results)) == [200, 400, 400, 400], results
        assert (check_one_end(rental), stock_of(rental)) == ("returned", 5)


@pytest.mark.parametrize("tracked", [False, True])
def test_the_last_piece(tracked):
    for _ in range(ROUNDS):
        product = tracked_product(devices=1) if tracked else ProductFactory(inventory_count=1)
        jobs = []
        for _ in range(3):
            user = UserFactory()
            body = {"product_id": product.pk, "total_months": 12, "address_id": AddressFactory(user=user).pk}
            api = client_of(user)
            jobs.append(lambda api=api, body=body: api.post("rentals", body))
        results = race(jobs)
        assert sorted(outcomes(results)) == [201, 400, 400], results
        assert set(codes(results)) == {"out_of_stock"}
        rental = Rental.objects.get(product=product)
        assert (check_one_end(rental), stock_of(rental)) == ("pending", 0)
        assert (rental.device is not None) == tracked


def test_expiring_and_signing():
    for _ in range(ROUNDS):
        rental = make_rental()
        lapse = lambda pk=rental.pk: expire(Rental.objects.get(pk=pk), note="")  # noqa: E731
        results = race([lapse, post(rental, "sign-contract")])
        assert (results[0], results[1].status_code) in [(True, 400), (False, 200)], results
        status = check_one_end(rental)
        assert status == ("cancelled" if results[0] else "active")


def test_two_machines_expire():
    for _ in range(ROUNDS // 2):
        rental = make_rental()
        _intent, event = paid_at_the_gateway(rental)
        jobs = [lambda pk=rental.pk: expire(Rental.objects.get(pk=pk), note="") for _ in range(2)]
        results = race([*jobs, deliver(event)])
        assert sorted(results[:2]) == [False, True], results
        assert (check_one_end(rental), stock_of(rental)) == ("cancelled", 5)


def test_shipping_and_returning():
    staff = AdminFactory()
    for _ in range(ROUNDS):
        rental = make_rental(signed=True, product=tracked_product(devices=1))
        serial = rental.device.serial
        ship = lambda pk=rental.pk, s=serial: ship_rental(rental=Rental.objects.get(pk=pk), by=staff, serial=s)  # noqa: E731
        results = race([ship, lambda pk=rental.pk: return_rental(rental=Rental.objects.get(pk=pk))])
        assert results[1] is None, results
        assert check_one_end(rental) == "returned"
        shipped = fresh(rental).shipped_at is not None
        assert (results[0] is None) == shipped, results
        assert (fresh(rental).device.status, stock_of(rental)) == (("rented", 0) if shipped else ("in_stock", 1))


def test_two_check_it_in():
    staff = AdminFactory()
    for number in range(ROUNDS):
        rental = make_rental(signed=True, product=tracked_product(devices=1) if number % 2 else ProductFactory())
        ship_rental(rental=rental, by=staff, serial=rental.device.serial if rental.device else "")
        return_rental(rental=rental, by=staff)
        before = stock_of(rental)
        jobs = [lambda pk=rental.pk: check_in(rental=Rental.objects.get(pk=pk), by=staff, grade="excellent")] * 2
        results = race(jobs)
        assert [one is None for one in results].count(True) == 1, results
        assert (check_one_end(rental), stock_of(rental)) == ("returned", before + 1)


@pytest.mark.pdf
def test_two_ask_for_the_certificate():
    for _ in range(ROUNDS // 2):
        rental = make_rental(signed=True)
        pay(rental, "buyout")
        apis = [client_of(rental.user) for _ in range(3)]
        results = race([lambda a=api, pk=rental.pk: a.get(f"rentals/{pk}/ownership.pdf") for api in apis])
        assert outcomes(results) == [200] * 3, results
        assert len({result.content for result in results}) == 1
        assert check_one_end(rental) == "completed"
