"""Customers, staff and the gateway in any order: no cent and no piece is made or lost."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as quickly
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog.models import Device, Product
from catalog.tests.factories import ProductFactory, tracked_product
from core.errors import DomainError
from orders.tests.shop import deliver
from payments.gateways.sandbox import client as sandbox
from payments.models import SandboxIntent, WebhookEvent
from payments.refunds.services import send_pending
from rentals.lifecycle.services import check_in, ship_rental
from rentals.models import LateFee, Rental, RentalPayment
from rentals.money.dunning import waive_fee
from rentals.money.settling import record_payment_by_hand
from rentals.tests.shop import client_of, run_worker

pytestmark = pytest.mark.django_db

START = date(2025, 4, 1)
WHICH = st.integers(0, 99)
PURPOSE = st.sampled_from(["installment", "installment", "buyout"])


def noon(day):
    """The middle of a day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


class Shop(RuleBasedStateMachine):
    """A customer, staff and the gateway in any order; after every step the books agree and no piece is lost."""

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.clock = time_machine.travel(noon(START), tick=False)
        self.now = self.clock.start()
        self.staff, self.user = AdminFactory(), UserFactory()
        self.products = [ProductFactory(inventory_count=2), tracked_product(devices=2)]
        self.address = AddressFactory(user=self.user, state="NY")
        self.rentals, self.begun, self.told, self.waiting = [], [], [], []

    def teardown(self):
        try:
            for payload, *_ in self.waiting:
                assert deliver(payload).status_code == 200
            run_worker()
            self.money_is_conserved(everywhere=True)
        finally:
            self.clock.stop()
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def post(self, path, body=None):
        """One request; whatever is refused is refused in order."""
        answer = client_of(self.user).post(path, body)
        assert answer.status_code in (200, 201, 400), answer.content
        return answer

    def rental(self, which):
        return Rental.objects.get(pk=self.rentals[which % len(self.rentals)])

    @initialize(product=st.integers(0, 1))
    def open(self, product):
        self.rent(product)
        self.rent(1 - product)
        self.post(f"rentals/{self.rentals[0]}/sign-contract")

    @rule(product=st.integers(0, 1))
    def rent(self, product):
        body = {"product_id": self.products[product].pk, "total_months": 3, "address_id": self.address.pk}
        answer = self.post("rentals", body)
        if answer.status_code == 201:
            self.rentals.append(answer.json()["rental"]["id"])

    @rule(which=WHICH, verb=st.sampled_from(["sign-contract", "sign-contract", "cancel", "return", "buyout"]))
    def decide(self, which, verb):
        self.post(f"rentals/{self.rental(which).pk}/{verb}")

    @rule(which=WHICH, grade=st.sampled_from(["excellent", "fair"]))
    def send_or_check_in(self, which, grade):
        rental = self.rental(which)
        with suppress(DomainError):
            if rental.status == "returned":
                check_in(rental=rental, by=self.staff, grade=grade)
            else:
                ship_rental(rental=rental, by=self.staff, serial=rental.device.serial if rental.device else "")

    @rule(which=WHICH, purpose=PURPOSE)
    def begin(self, which, purpose):
        """Ask for an intent, to be paid whenever."""
        rental = self.rental(which).pk
        answer = self.post(f"rentals/{rental}/payment-intent", {"purpose": purpose})
        if answer.status_code == 200:
            self.begun.append((rental, purpose, answer.json()["payment_intent_id"]))

    @rule(which=WHICH, purpose=PURPOSE, card=st.sampled_from([sandbox.SUCCESS, sandbox.SUCCESS, sandbox.DECLINED]))
    def begin_and_swipe(self, which, purpose, card):
        self.begin(which, purpose)
        self.swipe(-1, card)

    @precondition(lambda self: self.begun)
    @rule(which=WHICH, card=st.sampled_from([sandbox.SUCCESS, sandbox.SUCCESS, sandbox.DECLINED]))
    def swipe(self, which, card):
        """The gateway takes the card; its word about it travels for as long as it likes."""
        if not self.begun:
            return
        rental, purpose, intent = self.begun[which % len(self.begun)]
        with suppress(DomainError):
            payload, _ = sandbox.signed_event(sandbox.pay(intent_id=intent, card=card))
            self.waiting.append((payload, rental, purpose, intent))

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def tell(self, which):
        """An event arrives, perhaps for the second time."""
        assert deliver(self.waiting[which % len(self.waiting)][0]).status_code == 200
        run_worker()

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def report(self, which):
        _, rental, purpose, intent = self.waiting[which % len(self.waiting)]
        path = "make-payment" if purpose == "installment" else "buyout"
        self.post(f"rentals/{rental}/{path}", {"transaction_id": intent})

    @rule(which=WHICH, purpose=PURPOSE)
    def pay_at_the_counter(self, which, purpose):
        with suppress(DomainError):
            record_payment_by_hand(rental=self.rental(which), by=self.staff, purpose=purpose, reason="Cash")

    @rule(days=st.integers(1, 40))
    def days_pass(self, days):
        self.now.shift(timedelta(days=days))
        call_command("send_payment_reminders", stdout=StringIO())
        call_command("expire_rentals", stdout=StringIO())

    @precondition(lambda self: LateFee.objects.filter(paid_with=None, waived_at=None).exists())
    @rule()
    def waive(self):
        waive_fee(fee=LateFee.objects.filter(paid_with=None, waived_at=None)[0], by=self.staff, because="Kindness")

    @invariant()
    def money_is_conserved(self, *, everywhere=False):
        """What was counted was kept, by us and at the gateway, and everything else went back."""
        send_pending()
        theirs = {intent.intent_id: intent for intent in SandboxIntent.objects.all()}
        kept = Decimal(0)
        for link in RentalPayment.objects.select_related("payment", "rental"):
            payment, intent = link.payment, theirs.get(link.payment.intent_id)
            if payment.gateway == "sandbox" and (payment.is_settled or everywhere):
                taken = intent.amount if intent and intent.status == "succeeded" else 0
                assert (payment.is_settled and payment.amount, payment.refunded_amount) == (taken, intent.refunded)
            stays = link.counted_at is not None and link.rental.status != "cancelled"
            left = payment.amount - payment.refunded_amount if payment.is_settled else Decimal(0)
            assert (left > 0) == (stays and payment.is_settled), (link, left)
            kept += left
        assert kept == sum(map(paid_for, Rental.objects.with_schedule()))

    @invariant()
    def pieces_are_conserved(self):
        for product in self.products:
            family = Product.objects.family(product.pk)
            on_the_shelf = sum(one.inventory_count for one in family)
            rented = Rental.objects.filter(product__in=family)
            away = rented.filter(status__in=["pending", "active", "completed"]).count()
            away += rented.filter(status="returned", checked_in_at=None).count()
            assert on_the_shelf + away == 2, (on_the_shelf, away)
            if product.is_serialized:
                assert Device.objects.filter(product__in=family, status="in_stock").count() == on_the_shelf

    @invariant()
    def nothing_failed(self):
        assert not WebhookEvent.objects.filter(status="failed").exists()


def paid_for(rental):
    """What the rental's rows say was paid: months, fees, and the price of owning it."""
    if rental.status == "cancelled":
        return Decimal(0)
    months = sum((one.amount for one in rental.installments.all() if one.is_paid), Decimal(0))
    fees = sum(fee.amount for fee in LateFee.objects.filter(installment__rental=rental, paid_with__isnull=False))
    bought = RentalPayment.objects.filter(bought_out=rental).select_related("payment").first()
    made = [one.paid_with_id for one in rental.installments.all() if one.is_paid]
    assert len(made) == len(set(made))
    return months + fees + (bought.payment.amount - bought.fee_total if bought else 0)


def test_in_any_order_money_and_pieces_are_conserved(settings):
    settings.LATE_FEES = True
    steps = quickly(
        max_examples=10,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.reuse, Phase.generate],  # a run of 25 steps is short enough to read, and shrinking takes long
    )
    run_state_machine_as_test(Shop, settings=steps)
