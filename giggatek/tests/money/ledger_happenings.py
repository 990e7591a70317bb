"""What can happen in a shop that moves money, each thing to an order, rental or payment at random."""

from decimal import Decimal
from unittest import mock

from django.utils import timezone

from orders import fulfilment as orders
from orders.refunds.pricing import Wanted
from orders.refunds.refunding import refund_order
from orders.tests.shop import make_order
from payments.disputes import records as disputes
from payments.gateways import gateway_named
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox import disputes as sandbox_disputes
from payments.gateways.stripe.objects import dispute_from
from payments.models import Payment, SandboxDispute, SandboxIntent, SandboxMovement
from payments.refunds import records as refund_records
from payments.refunds.services import request_refund
from payments.services import ask_gateway
from rentals.lifecycle import services as rentals
from rentals.models import LateFee, Rental
from rentals.money.dunning import waive_fee
from rentals.money.paying import payment_intent_for as intent_of_rental
from rentals.money.settling import record_payment_by_hand
from rentals.refunding import give_back, parts_left
from rentals.tests.factories import make_rental


class Happenings:
    """A shop with `random`, `staff`, `users`, `products`; it remembers `orders`, `rentals`, and what is `untold`."""

    def an_order(self):
        return self.random.choice(self.orders[-40:] or [self.order()])

    def a_rental(self):
        return self.random.choice(self.rentals[-25:] or [self.rent()])

    def a_payment(self):
        ids = Payment.objects.settled().order_by("-pk").values_list("pk", flat=True)[:40]
        return Payment.objects.get(pk=self.random.choice(ids)) if ids else None

    def pay(self, payment):
        """By card; the news comes at once, or later."""
        sandbox.pay(intent_id=payment.intent_id, card=sandbox.SUCCESS)
        self.bring(lambda: ask_gateway(payment=payment))

    def bring(self, news):
        if self.random.random() < 0.7:
            news()
        else:
            self.untold.append(news)

    # What can happen.

    def order(self):
        quantity = self.random.randint(1, 3)
        made = make_order(
            user=self.random.choice(self.users), product=self.random.choice(self.products), quantity=quantity
        )
        self.orders.append(made)
        return made

    def pay_order(self):
        self.pay(orders.payment_intent_for(order=self.an_order()))

    def order_and_pay(self):
        self.pay(orders.payment_intent_for(order=self.order()))

    def pay_order_by_hand(self):
        orders.record_payment_by_hand(order=self.an_order(), by=self.staff, reason="In the shop")

    def pay_cancelled_order(self):
        """The customer is faster than the cancelling, and the gateway than both."""
        made = self.order()
        payment = orders.payment_intent_for(order=made)
        with mock.patch("orders.models.Order.close_intents"):
            orders.cancel_order(order=made)
        self.pay(payment)

    def cancel_order(self):
        orders.cancel_order(order=self.an_order())

    def ship_order(self):
        """On trust, when it was not paid."""
        found = self.an_order()
        found.refresh_from_db()
        if found.status == "pending":
            orders.change_status(order=found, status="processing", by=self.staff)
        orders.change_status(order=found, status="shipped", by=self.staff)

    def ship_unpaid(self):
        made = self.order()
        payment = orders.payment_intent_for(order=made)
        for status in ("processing", "shipped"):
            orders.change_status(order=made, status=status, by=self.staff)
        if self.random.random() < 0.6:
            self.pay(payment)

    def refund_amount(self):
        amount = Decimal(self.random.randint(1, 30000)).scaleb(-2)
        refund_order(order=self.an_order(), wanted=Wanted({}, amount=amount), reason="A scratch", by=self.staff)

    def refund_piece(self):
        found = self.an_order()
        wanted = Wanted({found.lines.get().pk: 1}, restock=self.random.random() < 0.3)
        refund_order(order=found, wanted=wanted, reason="Came back", by=self.staff)

    def refund_payment(self):
        """A part, or whatever is left, of any payment; the worker sends it."""
        payment = self.a_payment()
        if payment is not None and payment.refundable > 0:
            most = int(payment.refundable * 100)
            amount = self.random.choice([most, self.random.randint(1, most)])
            request_refund(payment=payment, amount=Decimal(amount).scaleb(-2), reason="Goodwill")

    def refund_at_the_gateway(self):
        """Staff use the gateway's own pages."""
        payment = self.a_payment()
        if payment is None or payment.gateway != "sandbox" or payment.refundable < 1:
            return
        key = f"there-{SandboxMovement.objects.count()}"
        record = gateway_named("sandbox").refund(
            intent_id=payment.intent_id, amount=Decimal("0.77"), currency="USD", idempotency_key=key
        )
        refund_records.apply_refund(gateway="sandbox", record=record)

    def rent(self):
        made = make_rental(user=self.random.choice(self.users), product=self.products[0], months=3, signed=True)
        self.rentals.append(made)
        return made

    def rent_unsigned(self):
        self.rentals.append(make_rental(user=self.users[0], product=self.products[0], months=3))

    def pay_rent(self):
        self.pay(intent_of_rental(rental=self.a_rental(), purpose="installment"))

    def pay_rent_by_hand(self):
        record_payment_by_hand(rental=self.a_rental(), by=self.staff, purpose="installment", reason="In the shop")

    def buy_out(self):
        self.pay(intent_of_rental(rental=self.a_rental(), purpose="buyout"))

    def late_fee(self):
        """On the next installment; what pays that pays the fee."""
        found = Rental.objects.with_schedule().get(pk=self.a_rental().pk)
        open_ones = [one for one in found.open_installments if not hasattr(one, "late_fee")]
        if found.status == "active" and open_ones:
            LateFee.objects.create(installment=open_ones[0], amount=Decimal("7.35"), assessed_on=timezone.localdate())

    def waive_late_fee(self):
        """Perhaps while it is being paid: then its part of the money goes back."""
        fees = LateFee.objects.filter(paid_with=None, waived_at=None).order_by("-pk")[:10]
        if fees:
            waive_fee(fee=self.random.choice(fees), by=self.staff, because="Kindness")

    def refund_rent(self):
        """A part of an installment, or a late fee."""
        found = self.a_rental()
        parts = list(parts_left(Rental.objects.with_schedule().get(pk=found.pk)))
        if parts:
            part = self.random.choice(parts)
            amount = None if part.fee else Decimal(self.random.randint(1, int(part.left * 100))).scaleb(-2)
            give_back(rental=found, what=part.name, amount=amount, reason="Goodwill", by=self.staff)

    def return_rental(self):
        rentals.return_rental(rental=self.a_rental())

    def cancel_rental(self):
        rentals.cancel_rental(rental=self.a_rental())

    def dispute(self):
        """All of what is left, or a part."""
        intent = SandboxIntent.objects.filter(status="succeeded").order_by("-pk")[:30]
        if intent:
            amount = self.random.choice([None, Decimal("5.05")])
            self.tell(sandbox_disputes.open_dispute(self.random.choice(intent), amount=amount))

    def close_dispute(self):
        theirs = SandboxDispute.objects.filter(status="needs_response")
        if theirs:
            self.tell(sandbox_disputes.close_dispute(self.random.choice(theirs), won=self.random.random() < 0.5))

    def tell(self, dispute):
        record = dispute_from(sandbox_disputes.as_stripe_dispute(dispute))
        self.bring(lambda: disputes.apply_dispute(gateway="sandbox", record=record))


# What happens, and how often beside the rest.
HAPPENINGS = {
    Happenings.order: 4,
    Happenings.pay_order: 8,
    Happenings.order_and_pay: 6,
    Happenings.pay_order_by_hand: 2,
    Happenings.pay_cancelled_order: 3,
    Happenings.cancel_order: 3,
    Happenings.ship_order: 3,
    Happenings.ship_unpaid: 2,
    Happenings.refund_amount: 5,
    Happenings.refund_piece: 4,
    Happenings.refund_payment: 4,
    Happenings.refund_at_the_gateway: 2,
    Happenings.rent: 4,
    Happenings.rent_unsigned: 1,
    Happenings.pay_rent: 8,
    Happenings.pay_rent_by_hand: 2,
    Happenings.buy_out: 2,
    Happenings.late_fee: 3,
    Happenings.waive_late_fee: 1,
    Happenings.refund_rent: 3,
    Happenings.return_rental: 1,
    Happenings.cancel_rental: 2,
    Happenings.dispute: 2,
    Happenings.close_dispute: 2,
}
