"""The refund page of the back office: what it shows, what it sends, and that it counts once."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from orders.fulfilment import cancel_order, record_payment_by_hand
from orders.models import Order
from orders.tests.shop import bought, client_of, give_back, in_stock, intent_of, make_order, stands
from orders.tests.test_refunding import delivered, tracked
from orders.tests.test_refunds import raising
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox.client import SandboxGateway
from payments.models import Payment, Refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = ManagerFactory()
    client.force_login(user)
    return user


def address(order, name="refund"):
    return reverse(f"admin:orders_order_{name}", args=[order.pk])


def page(order):
    return reverse("admin:orders_order_change", args=[order.pk])


def filled(client, order, quantities=None, **more):
    """The form as the browser opens it, filled in."""
    form = client.get(address(order)).context["form"]
    lines = {f"line_{form.lines[place].pk}": quantity for place, quantity in (quantities or {}).items()}
    return {"key": str(form["key"].value()), "reason": "Scratched", **lines, **more}


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def send(client, order, form):
    return client.post(address(order), form, follow=True)


def test_pieces_shipping_and_restock_by_the_form(client, manager):
    order = bought(("100.00", 2), ("10.00", 1))
    form = filled(client, order, {0: 1}, shipping="on", restock="on")
    assert said(send(client, order, form)) == [f"120.25 USD of {order} went back."]
    assert stands(order) == ("partially_refunded", order.total - Decimal("120.25"))
    assert in_stock(order) == [1, 0]
    assert Refund.objects.get().asked_by == manager
    html = client.get(page(order)).content.decode()
    assert "1 refunded" in html and "1 came back" in html and "Scratched" in html
    html = client.get(address(order)).content.decode()
    assert "119.08" in html and "1 of 2" in html and "Given back already" in html


def test_an_amount_by_the_form(client, manager):
    order = bought(("100.00", 2))
    assert said(send(client, order, filled(client, order, amount="7.50"))) == [f"7.50 USD of {order} went back."]
    assert order.lines.get().refunded_quantity == 0


def test_the_second_click_is_told_that_it_was_done(client, manager):
    order = bought(("100.00", 3))
    form = filled(client, order, {0: 1}, restock="on")
    first, second = send(client, order, form), send(client, order, form)
    assert "went back" in said(first)[0]
    assert "sent twice" in said(second)[0]
    assert (Refund.objects.count(), order.lines.get().refunded_quantity, in_stock(order)) == (1, 1, [1])


def test_the_second_click_on_everything_is_told_too(client, manager):
    order = bought(("100.00", 1), products=[(tracked("A"), 1)])
    delivered(order)
    form = filled(client, order, {0: 1, 1: 1}, shipping="on", restock="on", serials=["A"])
    assert "went back" in said(send(client, order, form))[0]
    assert said(send(client, order, form)) == [
        "Nothing is left to give back: the refund was made already. This is how it stands now."
    ]
    assert (Refund.objects.count(), stands(order)) == (1, ("refunded", 0))


def test_the_second_click_whose_devices_are_back_is_told_too(client, manager):
    order = delivered(bought(products=[(tracked("A", "B"), 2)]))
    form = filled(client, order, {0: 1}, restock="on", serials=["B"])
    send(client, order, form)
    assert "sent twice" in said(send(client, order, form))[0]


def test_two_openings_of_the_form_are_two_refunds(client, manager):
    order = bought(("100.00", 3))
    one, other = filled(client, order, {0: 1}), filled(client, order, {0: 1})
    assert one["key"] != other["key"]
    for form in (one, other):
        assert "went back" in said(send(client, order, form))[0]
    assert order.lines.get().refunded_quantity == 2


@pytest.mark.parametrize(
    "quantities, more, told",
    [
        ({}, {}, "Choose pieces"),
        ({0: 3}, {}, "2 of"),
        ({0: -1}, {}, "greater than or equal to 0"),
        ({0: "x"}, {}, "whole number"),
        ({0: 10**30}, {}, "2 of"),
        ({0: 1}, {"amount": "5"}, "Choose pieces"),
        ({}, {"amount": "9999"}, "can still be refunded"),
        ({}, {"amount": "1.234"}, "2 decimal places"),
        ({}, {"amount": "1e99"}, "digits"),
        ({}, {"amount": "NaN"}, "Enter a number"),
        ({}, {"amount": "0"}, "nothing to give back"),
        ({}, {"amount": "5", "restock": "on"}, "which pieces"),
        ({0: 1}, {"reason": "  "}, "required"),
        ({0: 1}, {"reason": "x" * 201}, "at most 200"),
        ({0: 1}, {"reason": "Paid with 4242 4242 4242 4242"}, "Card numbers have no place here"),
        ({0: 1}, {"key": "no-key"}, "valid UUID"),
        ({0: 1}, {"restock": "on", "serials": ["NO"]}, "Not with this order"),
    ],
)
def test_what_is_wrong_is_told_and_kept_and_changes_nothing(client, manager, quantities, more, told):
    order = bought(("100.00", 2))
    answer = send(client, order, filled(client, order, quantities, **{"reason": "My reason", **more}))
    html = answer.content.decode()
    assert answer.status_code == 200 and told in html
    assert "reason" in more or "My reason" in html
    assert (Refund.objects.count(), stands(order)) == (0, ("paid", order.total))


def test_a_refusal_of_the_gateway_is_told(client, manager, monkeypatch):
    order = bought(("100.00", 2))
    with monkeypatch.context() as refusing:
        refusing.setattr(SandboxGateway, "refund", raising(GatewayRefused("No funds.")))
        form = filled(client, order, {0: 1})
        assert "No funds." in send(client, order, form).content.decode()
    assert "sent twice" in said(send(client, order, form))[0]
    assert "went back" in said(send(client, order, filled(client, order, {0: 2})))[0]


def test_a_gateway_that_is_away_is_told(client, manager, monkeypatch):
    order = bought(("100.00", 2))
    monkeypatch.setattr(SandboxGateway, "refund", raising(GatewayUnavailable()))
    assert "as soon as the gateway answers" in said(send(client, order, filled(client, order, {0: 1})))[0]


def test_money_by_hand_goes_back_by_hand(client, manager):
    order = make_order()
    record_payment_by_hand(order=order, by=manager, reason="Cash")
    assert "hand the money back" in said(send(client, order, filled(client, order, {0: 1})))[0]
    assert stands(order) == ("refunded", 0)


def test_who_gets_the_button(client):
    order, unpaid = bought(("100.00", 1)), make_order()
    gone = bought(("50.00", 1))
    cancel_order(order=gone)
    for factory, status in ((ManagerFactory, 200), (AdminFactory, 200), (UserFactory, 302)):
        client.force_login(factory())
        assert client.get(address(order)).status_code == status
    client.force_login(AdminFactory())
    for without in (unpaid, gone):
        assert address(without) not in client.get(page(without)).content.decode()
        answer = send(client, without, {"amount": "1.00", "reason": "No", "key": "0" * 32})
        assert "Nothing is left" in said(answer)[0]
    assert address(order) in client.get(page(order)).content.decode()
    client.logout()
    assert client.post(address(order), {"amount": "1.00"}).status_code == 302
    assert Refund.objects.filter(payment__order_payment__order=order).count() == 0


def test_the_pages_ask_the_same_for_many_lines(client, manager):
    small, big = bought(("100.00", 2)), bought(*[("10.00", 2)] * 6)
    for place in range(5):
        give_back(big, {place: 1})
    give_back(small, {0: 1})
    counts = []
    for order in (small, big):
        for path in (page(order), address(order)):
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 17


class TestRecordPayment:
    """The button for money that staff took."""

    def test_it_pays_once(self, client, manager):
        order = make_order()
        intent_of(client_of(order.user), order)
        form, url = {"reason": "Cash 17"}, address(order, "record-payment")
        assert "599.99 USD" in client.get(url).content.decode()
        first, second = (client.post(url, form, follow=True) for _ in range(2))
        assert said(first) == [f"599.99 USD taken by hand were recorded for {order}."]
        assert "paid already" in said(second)[0]
        assert stands(order) == ("paid", order.total)
        payment = Payment.objects.get(gateway="manual")
        assert (payment.taken_by, payment.note) == (manager, "Cash 17")
        assert Payment.objects.exclude(gateway="manual").get().status == "cancelled"
        assert "Cash 17" in client.get(page(order)).content.decode()

    def test_it_needs_a_reason(self, client, manager):
        order = make_order()
        answer = client.post(address(order, "record-payment"), {"reason": " "})
        assert answer.context["form"].errors["reason"]
        assert not Payment.objects.exists()

    def test_it_is_not_offered_for_a_cancelled_order(self, client, manager):
        order = make_order()
        cancel_order(order=order)
        client.post(address(order, "record-payment"), {"reason": "Cash"})
        assert (Payment.objects.count(), Order.objects.get().payment_status) == (0, "pending")
