"""A day in which much goes wrong: webhooks lost, doubled and shuffled, an ERP that drops answers and is down a while.

Twenty orders, and twenty rounds of one order; STORM_ROUNDS=200 in the environment makes it two hundred.
"""

import os
import random
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync import hooks, syncing
from storesync.inbox.handling import handle
from storesync.mock.prokip.store import TOKEN
from storesync.models import Connection, Delivery, StoreOrder
from storesync.models.orders import RETRY_AFTER
from storesync.sales.pulling import Pulled, pull
from storesync.tests.clients import HubClient, hub_client
from storesync.tests.factories import make_erp
from storesync.tests.sales import invoices, work
from storesync.tests.shops import shopify_shop, woo_shop

__all__ = ["shopify_shop", "woo_shop"]

ROUNDS = int(os.environ.get("STORM_ROUNDS", "20"))
SKUS = ("CABLE-C", "CASE-RED")
PLENTY = 2000


@pytest.fixture
def shops(shopify_shop, woo_shop, prokip):
    """A shop of each platform, both of one owner with an ERP, and with their webhooks."""
    Connection.objects.update(owner=shopify_shop.connection.owner)
    make_erp(shopify_shop.connection.owner, token=TOKEN, currency="NGN")
    made = list(Connection.objects.order_by("pk"))
    for shop in made:
        hooks.make_hooks.call(connection_id=shop.pk)
    return made


def stock(stand_in):
    levels = stand_in.state()["stock"]
    return {sku: levels[sku] for sku in SKUS}


class Storm:
    """Two shops that sell and take back. `gone` is what the ERP has to lose, `held` what nobody paid for yet."""

    def __init__(self, *stand_ins):
        self.stand_ins, self.dice = stand_ins, random.Random(7)
        self.open, self.late = [], []
        self.gone, self.held = Counter(), Counter()

    def sell(self, number):
        stand_in = self.stand_ins[number % 2]
        sku, pieces, is_paid = self.dice.choice(SKUS), self.dice.randint(1, 3), self.dice.random() < 0.8
        order = stand_in.sell((sku, pieces), paid=is_paid)
        (self.gone if is_paid else self.held)[sku] += pieces
        self.open.append((stand_in, order, sku, pieces, is_paid))

    def change(self):
        """Half of the orders are paid, cancelled or refunded; each only once."""
        orders, self.open = self.open, []
        for order in orders:
            if self.dice.random() < 0.5:
                self.change_one(*order)
            else:
                self.open.append(order)

    def change_one(self, stand_in, order, sku, pieces, is_paid):
        counts = self.gone if is_paid else self.held
        if self.dice.random() < 0.4:
            stand_in.change(order, "cancel")
            counts[sku] -= pieces
        elif not is_paid:
            stand_in.change(order, "pay")
            self.held[sku] -= pieces
            self.gone[sku] += pieces
        else:
            back = self.dice.randint(1, pieces)
            # Pieces that are not back in stock are money alone, which WooCommerce does not tell.
            is_lost = back < pieces and stand_in is self.stand_ins[0] and self.dice.random() < 0.3
            stand_in.change(order, "refund", lines=[{"sku": sku, "quantity": back}], restock=not is_lost)
            self.gone[sku] -= 0 if is_lost else back

    def arrive(self):
        """One in ten is lost and one in five doubled; all are shuffled, and a third comes after the next ones."""
        for stand_in in self.stand_ins:
            stand_in.settle()
        sent = self.stand_ins[-1].sent  # whoever listens last hears all
        arriving = [*self.late, *(webhook for webhook in sent if self.dice.random() > 0.1)]
        arriving += [webhook for webhook in arriving if self.dice.random() < 0.2]
        self.dice.shuffle(arriving)
        sent.clear()
        self.late, arriving = arriving[: len(arriving) // 3], arriving[len(arriving) // 3 :]
        for place, webhook in enumerate(arriving):
            assert webhook.deliver(HubClient()).status_code == 200
            if place % 10 == 0:
                run_tasks()


@pytest.mark.django_db
def test_the_erp_has_sold_exactly_what_was_paid(shops, shopify, woo, prokip, running_clock):
    """Also of orders that are paid later, cancelled or refunded, whether the ERP knew them by then or not."""
    for sku in SKUS:
        prokip.set_stock(sku, PLENTY)
    storm = Storm(shopify, woo)

    def wait(length):
        running_clock.shift(length + timedelta(minutes=1))
        call_command("sync_stores", verbosity=0)
        run_tasks()

    drops_answers(prokip)
    for number in range(ROUNDS):
        storm.sell(number)
        if number % max(ROUNDS // 4, 1) == 0:
            storm.arrive()
            running_clock.shift(timedelta(minutes=1))
            storm.change()
    is_down(prokip)
    for length in RETRY_AFTER[1:3]:
        storm.arrive()
        wait(length)
        storm.change()
    drops_answers(prokip)
    for length in RETRY_AFTER[2:5]:
        storm.arrive()
        wait(length)
    prokip.heal()
    storm.arrive()
    hub_client(shops[0].owner).post("sync")
    run_tasks()
    wait(timedelta(0))
    in_erp = {sku: PLENTY - storm.gone[sku] for sku in SKUS}
    assert stock(prokip) == in_erp
    assert len(invoices(prokip)) == len(set(invoices(prokip)))
    assert stock(shopify) == stock(woo) == {sku: in_erp[sku] - storm.held[sku] for sku in SKUS}
    paid = StoreOrder.objects.filter(is_paid=True, is_cancelled=False)
    assert not paid.exclude(status__in=("sent", "returned")).exists()


def drops_answers(prokip):
    """One of five, before or after the effect."""
    prokip.heal()
    prokip.fail("drop after", rate=0.1)
    prokip.fail("drop", rate=0.1)


def is_down(prokip):
    prokip.heal()
    prokip.fail("drop")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_all_that_is_said_of_one_order_at_once_sells_or_returns_it_once(shops, shopify, woo, prokip, running_clock):
    """Created, updated, cancelled and pulled, while workers are at it: nothing stays out of stock."""
    begun, shop = stock(prokip), shops[0]
    told, dice, statuses = woo.sent, random.Random(7), Counter()  # whoever listens last hears all
    for number in range(ROUNDS):
        running_clock.shift(timedelta(minutes=15))  # no pull lists the orders of earlier rounds
        shop.refresh_from_db()
        told.clear()
        order = shopify.sell("CABLE-C", paid=False)
        shopify.change(order, "pay")
        shopify.settle()
        first = list(told)
        if number % 3 == 0:  # sold before, and all of it comes again
            hear(first[-1], shop)

        def cancel(order=order, first=first):
            time.sleep(dice.random() / 5)
            shopify.change(order, "cancel")
            shopify.settle()
            for webhook in told[len(first) :]:
                hear(webhook, shop)

        outcomes = race(
            [
                *(lambda one=one: hear(one, shop) for one in first),
                cancel,
                lambda: pull(shop, syncing.connector_of(shop), Pulled()),
                *[lambda: work(shop)] * 2,
            ]
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        work(shop)
        row = StoreOrder.objects.get(order_id=str(order["id"]))
        assert (row.status in ("ignored", "returned"), row.problems, stock(prokip)) == (True, [], begun)
        statuses[row.status] += 1
    assert len(invoices(prokip)) == len(set(invoices(prokip))) == statuses["returned"] >= ROUNDS // 3


def hear(webhook, shop):
    """It comes, and a worker acts on it and on whatever else came."""
    assert webhook.deliver(HubClient()).status_code == 200
    for delivery in Delivery.objects.due(now=timezone.now()):
        handle(delivery)
    work(shop)
