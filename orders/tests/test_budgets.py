"""How many queries the order endpoints may use, whatever the number of rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from catalog.tests.factories import ProductFactory
from orders.models import Order
from orders.tests.shop import client_of, make_order, order_body, paid_order

pytestmark = pytest.mark.django_db

AUTHENTICATION = 1  # the session and its user, in one


def own(captured):
    """The queries that are the endpoint's own: no transaction marks, no authentication."""
    marks = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(marks)][
        AUTHENTICATION:
    ]


def queries_of(call, status=200):
    """The endpoint's queries."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = call()
    assert answer.status_code == status, answer.content
    return own(captured)


def test_ten_of_my_orders(django_assert_max_num_queries):
    user = UserFactory()
    for _ in range(10):
        order = make_order(user=user, inventory_count=9)
    api = client_of(user)
    with django_assert_max_num_queries(4 + AUTHENTICATION):
        assert len(api.get("orders").json()["orders"]) == 10
    assert len(queries_of(lambda: api.get(f"orders/{order.pk}"))) <= 8


@pytest.mark.parametrize("path", ["orders", "orders/stats", "orders/shipping-methods"])
def test_a_list_of_three_costs_what_a_list_of_one_costs(path):
    user = UserFactory()
    api = client_of(user)
    paid_order(user=user)
    one = queries_of(lambda: api.get(path))
    for _ in range(2):
        paid_order(user=user)
    assert queries_of(lambda: api.get(path)) and len(queries_of(lambda: api.get(path))) == len(one)


def test_a_detail_of_three_costs_what_a_detail_of_one_costs():
    user = UserFactory()
    api = client_of(user)
    orders = [
        api.post("orders", order_body(user, *[ProductFactory() for _ in range(lines)])).json()["order"]["id"]
        for lines in (1, 3)
    ]
    big = Order.objects.get(pk=orders[1])
    for status in ("processing", "shipped"):
        big.move_to(status, by=user)
    counts = {len(queries_of(lambda pk=pk: api.get(f"orders/{pk}"))) for pk in orders}
    assert len(counts) == 1
    assert max(counts) <= 8


def test_placing_costs_sixteen_and_two_a_line(django_assert_max_num_queries):
    user = UserFactory()
    api = client_of(user)
    counts = {}
    make_order()  # whether the catalogue is connected to the hub is asked once a minute
    for lines in (1, 2, 10):
        body = order_body(user, *[ProductFactory() for _ in range(lines)])
        counts[lines] = len(queries_of(lambda body=body: api.post("orders", body), 201))
    assert counts[1] <= 16, counts  # one of them writes the movements of stock, for all lines at once
    assert counts[2] - counts[1] <= 2, counts
    assert counts[10] - counts[1] <= 2 * 9, counts
