"""Fifty requests with one Idempotency-Key at once, on a database that locks rows: one effect, one answer."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.tests.factories import UserFactory
from catalog import stock
from catalog.models import Product
from catalog.tests.factories import ProductFactory
from core.models import LEASE, IdempotentRequest
from core.testing.races import race
from giggatek.tests.keyed import is_replayed, post, said
from orders.models import Order, ShippingMethod
from orders.placing import place_order
from orders.tests.shop import client_of, order_body
from payments.gateways.sandbox import client as sandbox
from rentals.models import Installment, RentalPayment
from rentals.tests.factories import make_rental
from rentals.tests.shop import books_agree, intent_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def together(user, path, body, *, times=50, key="k"):
    """So many at once with one key; what the others were told to wait for; and the one answer."""
    apis = [client_of(user) for _ in range(times)]
    results = race([lambda api=api: post(api, path, body, key) for api in apis])
    assert not [result for result in results if isinstance(result, Exception)], results
    waiting = [result for result in results if result.status_code == 409]
    assert {(one.json()["code"], one["Retry-After"]) for one in waiting} <= {("idempotency_key_in_use", "1")}
    answers = [result for result in results if result not in waiting]
    assert len([one for one in answers if not is_replayed(one)]) == 1, [said(result) for result in results]
    (answer,) = {said(one) for one in answers}
    assert said(post(client_of(user), path, body, key)) == answer
    return answer


def test_fifty_orders_with_one_key_are_one():
    product = ProductFactory(inventory_count=50)
    for number in range(5):
        user = UserFactory()
        status, _ = together(user, "orders", order_body(user, product), key=f"k{number}")
        assert (status, Order.objects.filter(user=user).count()) == (201, 1)
    product.refresh_from_db()
    assert product.inventory_count == 45


def test_fifty_refusals_with_one_key_are_one():
    user, product = UserFactory(), ProductFactory(inventory_count=0)
    status, content = together(user, "orders", order_body(user, product))
    assert (status, b"out_of_stock" in content, Order.objects.count()) == (400, True, 0)


def test_fifty_reports_of_a_payment_with_one_key_are_one():
    rental = make_rental(signed=True)
    intent = intent_of(client_of(rental.user), rental)
    sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)
    claim = {"payment_method": "stripe", "transaction_id": intent}
    status, _ = together(rental.user, f"rentals/{rental.pk}/make-payment", claim)
    assert (status, RentalPayment.objects.count()) == (200, 1)
    assert Installment.objects.filter(rental=rental, state="paid").count() == 1
    assert books_agree(rental)


def test_one_key_with_fifty_bodies_is_one_request():
    user, product = UserFactory(), ProductFactory(inventory_count=50)
    jobs = [(client_of(user), order_body(user, product, notes=str(number))) for number in range(50)]
    results = race([lambda api=api, body=body: post(api, "orders", body) for api, body in jobs])
    assert sorted(result.status_code for result in results) == [201] + [409] * 49
    codes = {result.json()["code"] for result in results if result.status_code == 409}
    assert (codes, Order.objects.count()) == ({"idempotency_key_reused"}, 1)


def test_an_order_that_outlived_its_lease_goes_with_its_claim(monkeypatch):
    """Two run the same request, as after a lease that was too short: one places the order, the other none."""
    user = UserFactory()
    body, answers = order_body(user), []

    def overtaken(**kwargs):
        if not answers:
            answers.append("slow")
            answers.extend(race([takeover]))
        return place_order(**kwargs)

    def takeover():
        IdempotentRequest.objects.update(created_at=timezone.now() - LEASE)
        return post(client_of(user), "orders", body)

    monkeypatch.setattr("orders.api.viewsets.place_order", overtaken)
    slow = post(client_of(user), "orders", body)
    assert (slow.status_code, slow.json()["code"]) == (409, "idempotency_key_in_use")
    assert (answers[1].status_code, Order.objects.count()) == (201, 1)
    assert said(post(client_of(user), "orders", body)) == said(answers[1])


def test_a_deadlock_inside_is_repeated_whole(monkeypatch):
    """The order waits for a piece that another transaction holds, which then waits for the order's: one must die."""
    first, second = ProductFactory(inventory_count=9), ProductFactory(inventory_count=9)
    user = UserFactory()
    has_second, wants_first = threading.Event(), threading.Event()

    def backwards():
        with transaction.atomic():
            Product.objects.filter(pk=second.pk).update(inventory_count=8)
            # A transaction that has written more is the one that survives.
            for _ in range(20):
                ProductFactory()
            has_second.set()
            wants_first.wait(timeout=10)
            Product.objects.filter(pk=first.pk).update(inventory_count=8)

    take, tries = stock.take, []

    def slow_take(quantities, **kwargs):
        tries.append(quantities)
        if len(tries) == 1:
            assert has_second.wait(timeout=10)
            take({first.pk: 1}, **kwargs)
            wants_first.set()
            return take({second.pk: 1}, **kwargs)
        return take(quantities, **kwargs)

    monkeypatch.setattr(stock, "take", slow_take)
    api, body = client_of(user), order_body(user, first, second)
    answer, other = race([lambda: post(api, "orders", body), backwards])
    assert (answer.status_code, other) == (201, None)
    assert (len(tries), Order.objects.count(), IdempotentRequest.objects.get().status) == (2, 1, 201)
    assert connection.vendor == "mysql"
    assert sorted(Product.objects.filter(pk__in=[first.pk, second.pk]).values_list("inventory_count", flat=True)) == [
        7, 7,
    ]  # fmt: skip
