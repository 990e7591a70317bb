"""Staff give money back: by piece with its tax, the shipping, or an amount; never more than was taken."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import ManagerFactory
from catalog.errors import SerialsMissing, WrongDevice
from catalog.models import Device, DeviceHold
from catalog.tests.factories import DeviceFactory, ProductFactory
from core.errors import InvalidInput
from orders.errors import AlreadyRestocked, NothingToRefund, NotPayable, ShippingRefunded, TooManyPieces
from orders.fulfilment import cancel_order, change_status, record_payment_by_hand
from orders.models import Order, OrderLine, OrderPayment, OrderRefund
from orders.refunds.refunding import Wanted, left_to_refund, refund_order
from orders.tests.shop import books_agree, bought, client_of, give_back, in_stock, make_order, paid_order, stands
from orders.tests.test_refunds import raising
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox.client import SandboxGateway
from payments.models import Payment, Refund
from payments.refunds.services import RefundRepeated, RefundTooLarge, request_refund, send_pending

pytestmark = pytest.mark.django_db


def tracked(*serials):
    """A product whose pieces have these serial numbers, all in stock."""
    product = ProductFactory(is_serialized=True, inventory_count=0, price=Decimal("500.00"))
    for serial in serials:
        DeviceFactory(product=product, serial=serial)
    return product


def delivered(order):
    """The order, at the customer's."""
    staff = ManagerFactory()
    for status in ("processing", "shipped", "delivered"):
        change_status(order=order, status=status, by=staff)
    return order


def test_a_piece_goes_back_with_its_tax():
    order = bought(("100.00", 2), ("10.00", 1))  # 210 + 17.33 of tax (8.25 %: 17.325) + 12
    assert order.total == Decimal("239.33")
    assert give_back(order, {0: 1}) == Decimal("108.25")
    assert stands(order) == ("partially_refunded", Decimal("131.08"))
    assert left_to_refund(order) == Decimal("131.08")
    row = OrderRefund.objects.get()
    assert (row.tax_amount, row.shipping_amount, row.restocked) == (Decimal("8.25"), 0, False)
    assert list(order.lines.values_list("refunded_quantity", "restocked_quantity")) == [(1, 0), (0, 0)]
    assert in_stock(order) == [0, 0]
    assert books_agree(order)


def test_all_pieces_and_the_shipping_are_everything_to_the_cent():
    order = bought(("0.07", 3), ("33.33", 3), percent="8.875")
    amounts = [give_back(order, {line: 1}) for line in (0, 1, 1, 0, 1, 0)]
    assert sum(amounts) == order.subtotal + order.tax_total
    assert give_back(order, shipping=True) == order.shipping_total
    assert stands(order) == ("refunded", 0)
    assert books_agree(order)


def test_pieces_and_shipping_in_one():
    order = bought(("100.00", 1))
    assert give_back(order, {0: 1}, shipping=True) == order.total
    assert stands(order) == ("refunded", 0)
    assert Refund.objects.count() == 1
    assert OrderRefund.objects.get().shipping_amount == Decimal("12.00")


def test_the_tax_is_never_given_back_twice_after_a_refusal(monkeypatch):
    order = bought(("0.06", 1), ("0.06", 1), percent="8.25", shipping="0.00")  # the tax is 0.01
    first = give_back(order, {0: 1})
    with monkeypatch.context() as refusing:
        refusing.setattr(SandboxGateway, "refund", raising(GatewayRefused("No.")))
        give_back(order, {1: 1})
    assert first + give_back(order, {1: 1}) == order.total


def test_what_is_left_bounds_every_refund():
    order = bought(("100.00", 2))
    assert give_back(order, amount=Decimal("150.00")) == Decimal("150.00")
    with pytest.raises(RefundTooLarge, match=r"\$108\.25 is more than the \$78\.50"):
        give_back(order, {0: 1})
    with pytest.raises(RefundTooLarge):
        give_back(order, amount=Decimal("78.51"))
    assert order.lines.get().refunded_quantity == 0
    assert give_back(order, amount=Decimal("78.50")) == Decimal("78.50")
    assert stands(order) == ("refunded", 0)
    with pytest.raises(RefundTooLarge):
        give_back(order, amount=Decimal("0.01"))


def test_no_more_pieces_than_were_bought():
    order = bought(("100.00", 3), ("1.00", 1))
    give_back(order, {0: 2})
    with pytest.raises(TooManyPieces, match="1 of"):
        give_back(order, {0: 2, 1: 1})
    assert list(order.lines.values_list("refunded_quantity", flat=True)) == [2, 0]
    give_back(order, {0: 1})
    with pytest.raises(TooManyPieces):
        give_back(order, {0: 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderLine.objects.filter(order=order).update(refunded_quantity=4)


def test_the_shipping_goes_back_once():
    order = bought(("100.00", 1))
    assert give_back(order, shipping=True) == Decimal("12.00")
    with pytest.raises(ShippingRefunded):
        give_back(order, {0: 1}, shipping=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        other = request_refund(payment=order.payments().get(), amount=Decimal("1.00"), reason="Other")
        OrderRefund.objects.create(refund=other, shipping_of=order)


@pytest.mark.parametrize(
    "quantities, wanted",
    [
        ({}, {}),
        ({0: 1}, {"amount": Decimal("5.00")}),
        ({}, {"amount": Decimal("5.00"), "shipping": True}),
        ({}, {"amount": Decimal("5.00"), "restock": True}),
        ({}, {"shipping": True, "restock": True}),
        ({0: 0}, {}),
        ({0: -1}, {}),
        ({}, {"amount": Decimal("5.001")}),
        ({0: 1}, {"reason": "  "}),
    ],
)
def test_nonsense_changes_nothing(quantities, wanted):
    order = bought(("100.00", 2))
    with pytest.raises(InvalidInput):
        give_back(order, quantities, **wanted)
    assert (Refund.objects.count(), order.lines.get().refunded_quantity) == (0, 0)


@pytest.mark.parametrize("amount", ["0", "0.00", "-5.00"])
def test_an_amount_of_nothing_is_refused(amount):
    with pytest.raises(NothingToRefund):
        give_back(bought(("100.00", 2)), amount=Decimal(amount))


def test_a_line_of_another_order_is_refused():
    mine, other = bought(("100.00", 1)), bought(("100.00", 1))
    lines = list(other.lines.all())
    with pytest.raises(InvalidInput):
        refund_order(order=mine, wanted=Wanted({lines[0].pk: 1}), reason="Wrong", by=ManagerFactory())
    assert not Refund.objects.exists()


def test_an_unpaid_order_has_nothing_to_give_back():
    order = bought(("100.00", 1), paid=False)
    for wanted in ({"amount": Decimal("1.00")}, {"shipping": True}):
        with pytest.raises(RefundTooLarge):
            give_back(order, **wanted)
    assert left_to_refund(order) == 0


def test_money_that_never_counted_is_not_given_twice():
    """A late payment lies here with its refund refused: it is no part of what the order can give back."""
    order = bought(("100.00", 1), percent="0", shipping="0")
    late = Payment.objects.create(user=order.user, amount=order.total, gateway="sandbox", status="succeeded")
    OrderPayment.objects.create(order=order, payment=late)
    assert left_to_refund(order) == order.total
    give_back(order, amount=Decimal("40.00"))
    assert stands(order) == ("partially_refunded", Decimal("60.00"))
    with pytest.raises(RefundTooLarge):
        give_back(order, amount=Decimal("60.01"))


def test_two_payments_give_the_newest_first():
    order = bought(("100.00", 1))
    second = Payment.objects.create(user=order.user, amount=Decimal("50.00"), gateway="sandbox", status="succeeded")
    OrderPayment.objects.create(order=order, payment=second, counted_at=order.order_date)
    key = uuid4()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SandboxGateway, "refund", raising(GatewayUnavailable()))
        give_back(order, {0: 1}, key=key)
    newest, older = Refund.objects.order_by("pk")
    assert (newest.payment, newest.amount, newest.key) == (second, Decimal("50.00"), key)
    assert (older.amount, older.key != key) == (Decimal("58.25"), True)
    taxes = [refund.order_refund.tax_amount for refund in (newest, older)]
    assert (taxes, OrderRefund.objects.exclude(lines=None).get().refund) == ([0, Decimal("8.25")], newest)
    with pytest.raises(RefundRepeated):
        give_back(order, amount=Decimal("1.00"), key=key)


def test_twice_with_one_key_is_once():
    order, key = bought(("100.00", 3)), uuid4()
    assert give_back(order, {0: 1}, key=key) == Decimal("108.25")
    for again in ({"quantities": {0: 1}}, {"amount": Decimal("1.00")}, {"quantities": {0: 9}}):
        with pytest.raises(RefundRepeated):
            give_back(order, key=key, **again)
    assert (Refund.objects.count(), order.lines.get().refunded_quantity) == (1, 1)


def test_who_gave_it_back_and_why():
    order, staff = bought(("100.00", 1)), ManagerFactory()
    give_back(order, {0: 1}, reason="  Dead pixels ", by=staff)
    refund = Refund.objects.get()
    assert (refund.asked_by, refund.reason, refund.status) == (staff, "Dead pixels", "succeeded")


def test_a_delivered_order_can_be_refunded_and_restocked():
    order = delivered(bought(("100.00", 2), ("10.00", 3)))
    give_back(order, {0: 1, 1: 2}, restock=True)
    assert in_stock(order) == [1, 2]
    assert list(order.lines.values_list("restocked_quantity", flat=True)) == [1, 2]
    assert OrderRefund.objects.get().restocked
    order.refresh_from_db()
    assert order.status == "delivered"


def test_cancelling_gives_back_the_rest_of_the_money_and_of_the_stock():
    order = bought(("100.00", 3))
    give_back(order, {0: 2}, restock=True)
    give_back(order, amount=Decimal("5.00"))
    cancel_order(order=order)
    assert in_stock(order) == [3]
    assert stands(order) == ("refunded", 0)
    assert books_agree(order)
    for quantities, error in (({0: 1}, NothingToRefund), (None, RefundTooLarge)):
        with pytest.raises(error):
            give_back(order, quantities, amount=None if quantities else Decimal("1.00"))


def test_a_cancelled_order_whose_refund_was_refused_can_still_be_refunded(monkeypatch):
    order = bought(("100.00", 1))
    with monkeypatch.context() as refusing:
        refusing.setattr(SandboxGateway, "refund", raising(GatewayRefused("No.")))
        cancel_order(order=order)
    assert left_to_refund(order) == order.total
    give_back(order, amount=order.total)
    assert stands(order) == ("refunded", 0)


def test_the_worker_goes_on_when_the_gateway_is_away(monkeypatch):
    order = bought(("100.00", 2))
    with monkeypatch.context() as away:
        away.setattr(SandboxGateway, "refund", raising(GatewayUnavailable()))
        give_back(order, {0: 1})
    assert (stands(order)[0], Refund.objects.get().status) == ("paid", "pending")
    assert left_to_refund(order) == order.total - Decimal("108.25")
    assert send_pending() == (1, 0)
    assert stands(order) == ("partially_refunded", order.total - Decimal("108.25"))
    assert books_agree(order)


def test_a_refused_refund_lets_its_pieces_and_the_shipping_go(monkeypatch):
    order = bought(("100.00", 2))
    with monkeypatch.context() as refusing:
        refusing.setattr(SandboxGateway, "refund", raising(GatewayRefused("No funds.")))
        give_back(order, {0: 2}, shipping=True, restock=True)
    line = order.lines.get()
    assert (Refund.objects.get().status, line.refunded_quantity, line.restocked_quantity) == ("failed", 0, 2)
    assert stands(order) == ("paid", order.total)
    with pytest.raises(AlreadyRestocked):
        give_back(order, {0: 1}, restock=True)
    assert in_stock(order) == [2]
    assert give_back(order, {0: 2}, shipping=True) == order.total
    assert stands(order) == ("refunded", 0)


class TestDevices:
    """Pieces with serial numbers."""

    @pytest.fixture
    def laptops(self):
        return tracked("A", "B", "C")

    def statuses(self):
        return dict(Device.objects.order_by("pk").values_list("serial", "status"))

    def test_what_was_sold_waits_for_its_grade(self, laptops):
        order = delivered(bought(products=[(laptops, 3)]))
        give_back(order, {0: 2}, restock=True, serials=["C", "a"])
        assert self.statuses() == {"A": "returned", "B": "sold", "C": "returned"}
        assert list(DeviceHold.objects.values_list("device__serial", flat=True)) == ["B"]
        assert OrderRefund.objects.get().lines.get().serials == ["A", "C"]
        assert in_stock(order) == [0]

    def test_what_never_left_is_in_stock_and_the_rest_can_be_shipped(self, laptops):
        order = bought(products=[(laptops, 3)])
        give_back(order, {0: 1}, restock=True, serials=["B"])
        assert (self.statuses()["B"], in_stock(order)) == ("in_stock", [1])
        change_status(order=order, status="shipped", by=ManagerFactory())
        assert order.lines.get().serials == ["A", "C"]

    def test_cancelling_after_it_gives_back_the_others(self, laptops):
        order = bought(products=[(laptops, 3)])
        give_back(order, {0: 1}, restock=True, serials=["B"])
        cancel_order(order=order)
        assert set(self.statuses().values()) == {"in_stock"}
        assert in_stock(order) == [3]

    @pytest.mark.parametrize(
        "serials, error",
        [([], SerialsMissing), (["A", "B"], SerialsMissing), (["X"], WrongDevice), (["OTHER"], WrongDevice)],
    )
    def test_the_wrong_serials_change_nothing(self, laptops, serials, error):
        other = delivered(bought(products=[(tracked("OTHER"), 1)]))
        order = delivered(bought(products=[(laptops, 3)]))
        with pytest.raises(error):
            give_back(order, {0: 1}, restock=True, serials=serials)
        assert set(self.statuses().values()) == {"sold"}
        assert not Refund.objects.exists()
        assert stands(other)[0] == "paid"

    def test_a_device_of_a_line_that_is_not_refunded(self, laptops):
        order = delivered(bought(("10.00", 1), products=[(laptops, 1)]))
        with pytest.raises(WrongDevice):
            give_back(order, {0: 1}, restock=True, serials=["A"])
        assert in_stock(order) == [0, 2]

    def test_a_device_comes_back_once(self, laptops):
        order = delivered(bought(products=[(laptops, 2)]))
        give_back(order, {0: 1}, restock=True, serials=["A"])
        with pytest.raises(WrongDevice):
            give_back(order, {0: 1}, restock=True, serials=["A"])

    def test_without_restock_devices_stay_with_the_customer(self, laptops):
        order = delivered(bought(products=[(laptops, 2)]))
        give_back(order, {0: 2})
        assert set(self.statuses().values()) == {"sold", "in_stock"}


class TestByHand:
    """Money that staff took for an order."""

    def test_it_pays_the_order(self):
        order, staff = make_order(), ManagerFactory()
        record_payment_by_hand(order=order, by=staff, reason="Cash")
        payment = order.counted_payments().get()
        assert (order.status, order.payment_status) == ("processing", "paid")
        assert (payment.amount, payment.gateway, payment.taken_by) == (order.total, "manual", staff)

    def test_it_pays_what_was_shipped_on_trust(self):
        order = delivered(make_order())
        record_payment_by_hand(order=order, by=ManagerFactory(), reason="Transfer 7")
        assert (order.status, order.payment_status, Refund.objects.count()) == ("delivered", "paid", 0)
        assert give_back(order, amount=Decimal("1.00")) == 1
        assert stands(order) == ("partially_refunded", order.total - 1)

    def test_it_is_refused_for_what_is_paid_or_cancelled(self):
        paid, cancelled = paid_order(), make_order()
        cancel_order(order=cancelled)
        for order in (paid, cancelled):
            with pytest.raises(NotPayable):
                record_payment_by_hand(order=order, by=ManagerFactory(), reason="Cash")
        assert Payment.objects.count() == 1

    def test_it_needs_a_reason(self):
        order = make_order()
        with pytest.raises(InvalidInput):
            record_payment_by_hand(order=order, by=ManagerFactory(), reason=" ")
        assert stands(order)[0] == "pending"


def test_the_customer_reads_what_went_back():
    order = bought(("100.00", 2), ("10.00", 1))
    api = client_of(order.user)
    assert api.get(f"orders/{order.pk}").json()["order"]["refunds"] == []
    give_back(order, {0: 2}, reason="Scratched")
    give_back(order, amount=Decimal("1.00"), reason="Goodwill")
    second, first = api.get(f"orders/{order.pk}").json()["order"]["refunds"]
    line = order.lines.order_by("pk")[0]
    assert first == {
        "id": first["id"],
        "created_at": first["created_at"],
        "amount": 216.5,
        "reason": "Scratched",
        "status": "succeeded",
        "credit_note_number": order.counted_payments().get().refunds.last().credit_note.number,
        "lines": [{"order_item_id": line.pk, "quantity": 2}],
    }
    assert (second["amount"], second["lines"]) == (1.0, [])
    stats = api.get("orders/stats").json()
    assert stats["total_spent"] == float(order.total - Decimal("217.50"))
    assert Order.objects.get(pk=order.pk).payment_status == "partially_refunded"
