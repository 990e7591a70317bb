"""Invoices of orders whose money is told of from everywhere at once, on a database that locks rows."""

from decimal import Decimal

import pytest

from accounts.tests.factories import ManagerFactory
from catalog.tests.factories import ProductFactory
from core.testing.races import race
from notifications.models import Email
from orders.models import Order, ShippingMethod
from orders.refunds.pricing import Wanted
from orders.refunds.refunding import refund_order
from orders.tests.shop import client_of, confirm
from orders.tests.test_races import deliver, paid_at_the_gateway
from payments.models import Invoice, Refund

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS, ORDERS = 3, 5


@pytest.fixture(autouse=True)
def standard_shipping():
    """The row of the migration, which tests with real transactions flush."""
    ShippingMethod.objects.get_or_create(code="standard", defaults={"name": "Standard"})


def sequences(kind):
    return list(Invoice.objects.of_kind(kind).order_by("sequence").values_list("sequence", flat=True))


def test_confirm_and_webhook_of_many_orders_leave_one_invoice_each_and_no_gap():
    product = ProductFactory(inventory_count=99)
    for _ in range(ROUNDS):
        paid = [paid_at_the_gateway(product=product) for _ in range(ORDERS)]
        apis = [client_of(order.user) for order, *_ in paid]
        confirms = [lambda a=api, i=intent: confirm(a, i) for api, (_, intent, _) in zip(apis, paid, strict=True)]
        results = race([*confirms, *(lambda e=event: deliver(e) for *_, event in paid)])
        assert not [one for one in results if isinstance(one, Exception)], results
        for order, *_ in paid:
            (invoice,) = Invoice.objects.about(order.holder)
            assert len(carrying(invoice)) == 1
    assert sequences("invoice") == list(range(1, ROUNDS * ORDERS + 1))


def carrying(paper):
    """The mails that carry the paper."""
    return [email for email in Email.objects.all() if paper.file_name in [file["name"] for file in email.attachments]]


def test_refunds_of_many_orders_leave_one_credit_note_each_and_no_gap():
    by, paid = ManagerFactory(), [paid_at_the_gateway() for _ in range(ORDERS)]
    for *_, event in paid:
        deliver(event)
    for _ in range(ROUNDS):
        jobs = [
            lambda o=order: refund_order(
                order=Order.objects.get(pk=o.pk), wanted=Wanted({}, amount=Decimal("1.00")), reason="Race", by=by
            )
            for order, *_ in paid
        ]
        results = race(jobs)
        assert not [one for one in results if isinstance(one, Exception)], results
    assert sequences("credit_note") == list(range(1, ROUNDS * ORDERS + 1))
    assert {refund.credit_note.amount for refund in Refund.objects.all()} == {Decimal("1.00")}
