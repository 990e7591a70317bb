"""Whatever happens in whatever order: a product's count is the number of its devices in stock."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from catalog import devices, stock
from catalog.models import Condition, Device, DeviceHold, Product
from catalog.tests.factories import tracked_product
from catalog.tests.shop import assert_movements_lead_to
from core.errors import DomainError

GRADES = st.sampled_from(Condition.values)
HOLDERS = st.sampled_from(["order:1", "order:11", "rental:1"])
INDEXES = st.integers(0, 50)


class DeviceHistory(RuleBasedStateMachine):
    """Every verb with any device, product and holder; refusals change nothing."""

    def __init__(self):
        super().__init__()
        self.serials = 0
        self.run_of_its_own = transaction.atomic()
        self.run_of_its_own.__enter__()
        tracked_product(devices=3)

    def teardown(self):
        """Undo this run."""
        transaction.set_rollback(True)
        self.run_of_its_own.__exit__(None, None, None)

    def product(self, pick):
        """One of the products."""
        found = list(Product.objects.order_by("pk"))
        return found[pick % len(found)]

    def device(self, pick):
        """One of the devices."""
        found = list(Device.objects.order_by("pk"))
        return found[pick % len(found)]

    def run(self, verb, *args, **answers):
        """Do it; a refusal rolls back, as it does in a request."""
        with suppress(DomainError), transaction.atomic():
            verb(*args, **answers)

    @precondition(lambda self: self.serials < 8)
    @rule(pick=INDEXES, grade=GRADES)
    def receive(self, pick, grade):
        self.serials += 1
        self.run(devices.add_devices, product=self.product(pick), serials=[f"R{self.serials}"], grade=grade)

    @rule(pick=INDEXES, quantity=st.integers(1, 3), holder=HOLDERS)
    def take(self, pick, quantity, holder):
        self.run(stock.take, {self.product(pick).pk: quantity}, holder=holder)

    @rule(pick=INDEXES, holder=HOLDERS)
    def give_back(self, pick, holder):
        self.run(stock.give_back, {self.product(pick).pk: 1}, holder=holder)

    @rule(holder=HOLDERS)
    def release(self, holder):
        self.run(devices.release, holder=holder)

    @rule(pick=INDEXES, holder=HOLDERS, state=st.sampled_from(["sold", "rented"]))
    def hand_over(self, pick, holder, state):
        self.run(devices.hand_over, holder=holder, device_or_serial=self.device(pick), state=state)

    @rule(picks=st.none() | st.lists(INDEXES, max_size=3), holder=HOLDERS)
    def hand_over_all(self, picks, holder):
        serials = None if picks is None else [self.device(pick).serial for pick in picks]
        self.run(devices.hand_over_all, holder=holder, serials=serials, state="sold")

    @rule(holder=HOLDERS, verb=st.sampled_from([devices.take_back, devices.mark_sold]))
    def end(self, holder, verb):
        self.run(verb, holder=holder)

    @rule(pick=INDEXES, grade=GRADES, to=st.sampled_from(["in_stock", "in_repair", "retired"]))
    def check_in(self, pick, grade, to):
        self.run(devices.check_in, device=self.device(pick), grade=grade, to=to)

    @rule(pick=INDEXES, verb=st.sampled_from([devices.to_repair, devices.retire, devices.take_back_device]))
    def by_hand(self, pick, verb):
        self.run(verb, device=self.device(pick))

    @invariant()
    def counts_agree(self):
        for product in Product.objects.all():
            assert product.inventory_count == product.devices.in_stock().count()

    @invariant()
    def movements_add_up(self):
        for product in Product.objects.all():
            assert_movements_lead_to(product)

    @invariant()
    def held_while_it_is_away(self):
        away = Device.objects.filter(status__in=["reserved", "sold", "rented"]).values_list("pk", flat=True)
        assert set(away) == set(DeviceHold.objects.values_list("device_id", flat=True))

    @invariant()
    def in_stock_as_what_it_is(self):
        for device in Device.objects.in_stock().select_related("product"):
            assert device.grade == device.product.condition


@pytest.mark.django_db
def test_every_order_of_events():
    quickly = settings(
        max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(DeviceHistory, settings=quickly)
