"""Many hands at one order, on a database that locks rows: one consistent end, whoever was faster."""

import threading

import pytest
from django.db import connection, transaction

from accounts.tests.factories import UserFactory
from catalog import stock
from catalog.tests.factories import ProductFactory
from core.testing.races import race
from orders.fulfilment import cancel_order, expire, payment_intent_for
from orders.models import Order, ShippingMethod
from orders.tests.shop import books_agree, client_of, confirm, intent_of, make_order, order_body, run_worker
from payments import inbox
from payments import services as payments
from payments.gateways.sandbox import client as sandbox
from payments.models import Payment, Refund, SandboxIntent, WebhookEvent
from payments.refunds.services import send_pending

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 20


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def outcomes(results):
    """The statuses of answers; an exception is itself, so that a test shows it."""
    return sorted(getattr(result, "status_code", repr(result)) for result in results)


def test_fifty_buyers_for_the_last_five():
    product = ProductFactory(inventory_count=5)
    jobs = []
    for _ in range(50):
        user = UserFactory()
        api, body = client_of(user), order_body(user, product)
        jobs.append(lambda api=api, body=body: api.post("orders", body))
    results = race(jobs)
    assert outcomes(results) == [201] * 5 + [400] * 45
    assert {result.json()["code"] for result in results if result.status_code == 400} == {"out_of_stock"}
    product.refresh_from_db()
    assert (product.inventory_count, Order.objects.count()) == (0, 5)


def test_ten_cancel_one_order():
    order = make_order(quantity=3)
    apis = [client_of(order.user) for _ in range(10)]
    results = race([lambda api=api: api.post(f"orders/{order.pk}/cancel") for api in apis])
    assert outcomes(results) == [200] + [400] * 9
    order.refresh_from_db()
    assert order.lines.get().product.inventory_count == 5
    assert order.status_history.filter(status="cancelled").count() == 1


def test_opposite_lines_do_not_deadlock():
    products = [ProductFactory(inventory_count=1000) for _ in range(2)]
    users = [UserFactory() for _ in range(4)]
    bodies = [order_body(user, *products[:: 1 if i % 2 else -1]) for i, user in enumerate(users)]
    apis = [client_of(user) for user in users]
    for _ in range(ROUNDS):
        jobs = [lambda a=api, b=body: a.post("orders", b) for api, body in zip(apis, bodies, strict=True)]
        assert outcomes(race(jobs)) == [201] * 4
    for product in products:
        product.refresh_from_db()
        assert product.inventory_count == 1000 - 4 * ROUNDS


def take_at_once(ids):
    """Take a piece of each product in one transaction that is not tried again."""
    with transaction.atomic():
        stock.take(dict.fromkeys(ids, 1))


def test_stock_is_taken_in_one_order_whatever_the_lines():
    """Below the retry, which would hide a deadlock from the test above."""
    ids = [ProductFactory(inventory_count=1000).pk for _ in range(4)]
    for _ in range(ROUNDS):
        results = race([lambda some=some: take_at_once(some) for some in (ids, ids[::-1]) * 3])
        assert results == [None] * 6


def paid_at_the_gateway(**fields):
    """An order whose money is at the gateway, which no event has brought."""
    order = make_order(**fields)
    intent = intent_of(client_of(order.user), order)
    event = sandbox.signed_event(sandbox.pay(intent_id=intent, card=sandbox.SUCCESS))
    return order, intent, event


def deliver(event):
    """The webhook comes and the worker acts on it."""
    payload, signature = event
    return inbox.handle(inbox.receive(gateway="sandbox", payload=payload, signature=signature)).status


def check_one_end(order, *, stock):
    """Paid and sent on its way, or cancelled with the money and the stock back; never a mix."""
    run_worker()
    assert send_pending()[1] == 0
    order = Order.objects.get(pk=order.pk)
    kept = sum(payment.amount - payment.refunded_amount for payment in order.payments().settled())
    pieces = order.lines.get().product.inventory_count
    assert books_agree(order)
    assert not Refund.objects.exclude(status="succeeded").exists()
    if order.status == "processing":
        assert (order.payment_status, kept, pieces) == ("paid", order.total, stock - 1)
    else:
        assert (order.status, kept, pieces) == ("cancelled", 0, stock)
        assert order.payment_status in ("refunded", "pending")
    return order.status


def no_errors(results):
    """No caller saw an exception of the database."""
    assert not [result for result in results if isinstance(result, Exception)], results


@pytest.mark.parametrize("reporter", ["webhook", "browser"])
def test_cancelling_and_settling(reporter):
    ends = set()
    for _ in range(ROUNDS):
        order, intent, event = paid_at_the_gateway()
        api, other = client_of(order.user), client_of(order.user)
        settle = (lambda e=event: deliver(e)) if reporter == "webhook" else (lambda a=other, i=intent: confirm(a, i))
        results = race([settle, lambda a=api, o=order: a.post(f"orders/{o.pk}/cancel")])
        no_errors(results)
        assert results[1].status_code == 200
        ends.add(check_one_end(order, stock=5))
    assert ends == {"cancelled"}


def test_a_payment_that_settles_between_the_looks_of_cancelling_is_refunded(monkeypatch):
    """The narrow moment, held open: cancelling has read the payments and not locked the order yet."""
    order, _intent, event = paid_at_the_gateway()
    original, settled = Order.lock, threading.Event()
    settling = threading.Thread(target=lambda: (deliver(event), connection.close(), settled.set()))

    def slow_lock(self):
        if threading.current_thread() is threading.main_thread() and not settling.ident:
            settling.start()
            settled.wait(2)  # the settling is over by now, unless it has to wait for us, as it should
        return original(self)

    monkeypatch.setattr(Order, "lock", slow_lock)
    cancel_order(order=order, by=order.user)
    settling.join()
    assert check_one_end(order, stock=5) == "cancelled"


def test_expiring_and_settling():
    for _ in range(ROUNDS):
        order, _intent, event = paid_at_the_gateway()
        no_errors(race([lambda e=event: deliver(e), lambda o=order: expire(o)]))
        assert check_one_end(order, stock=5) == "processing"


def test_two_machines_expire():
    for _ in range(ROUNDS):
        order = make_order()
        intent_of(client_of(order.user), order)
        results = race([lambda pk=order.pk: expire(Order.objects.get(pk=pk)) for _ in range(2)])
        assert sorted(results) == [False, True]
        assert check_one_end(order, stock=5) == "cancelled"


def test_expiring_and_paying():
    """Whoever is first at the gateway wins: a card that is refused, or an order that lives."""
    for _ in range(ROUNDS):
        order = make_order()
        api = client_of(order.user)
        intent = intent_of(api, order)
        pay = lambda a=api, i=intent: a.post(f"payments/sandbox/{i}/pay", {"card": sandbox.SUCCESS})  # noqa: E731
        results = race([pay, lambda o=order: expire(Order.objects.get(pk=o.pk))])
        no_errors(results)
        end = check_one_end(order, stock=5)
        assert (results[0].status_code, results[1], end) in [
            (200, False, "processing"),
            (400, True, "cancelled"),
        ]


def test_browser_and_webhook_and_browser():
    for _ in range(ROUNDS):
        order, intent, event = paid_at_the_gateway()
        apis = [client_of(order.user) for _ in range(2)]
        jobs = [lambda a=api, i=intent: confirm(a, i) for api in apis]
        results = race([*jobs, lambda e=event: deliver(e), lambda e=event: deliver(e)])
        no_errors(results)
        assert [result.status_code for result in results[:2]] == [200, 200]
        assert check_one_end(order, stock=5) == "processing"
        assert list(order.status_history.values_list("status", flat=True)) == ["processing", "pending"]
    assert WebhookEvent.objects.exclude(status="handled").count() == 0


def test_two_ask_for_the_intent():
    for _ in range(ROUNDS):
        order = make_order()
        apis = [client_of(order.user) for _ in range(3)]
        results = race([lambda a=api, o=order: a.post(f"orders/{o.pk}/payment-intent") for api in apis])
        assert outcomes(results) == [200] * 3
        assert len({result.json()["payment_intent_id"] for result in results}) == 1
        assert Payment.objects.filter(order_payment__order=order).count() == 1
    assert SandboxIntent.objects.count() == ROUNDS


def test_one_refund_sent_by_many():
    for _ in range(ROUNDS):
        order, intent, _event = paid_at_the_gateway()
        payments.confirm(payment=Payment.objects.get(intent_id=intent))
        results = race([lambda o=order: cancel_order(order=Order.objects.get(pk=o.pk)), send_pending, send_pending])
        no_errors(results)
        assert check_one_end(order, stock=5) == "cancelled"
        assert Refund.objects.filter(payment__intent_id=intent).count() == 1


def test_paying_and_cancelling_and_asking_for_an_intent():
    for _ in range(ROUNDS):
        order, _intent, event = paid_at_the_gateway()
        jobs = [lambda e=event: deliver(e), lambda o=order: cancel_order(order=Order.objects.get(pk=o.pk))]
        results = race([*jobs, lambda o=order: payment_intent_for(order=Order.objects.get(pk=o.pk))])
        no_errors(results[:2])
        assert check_one_end(order, stock=5) == "cancelled"
