"""A day in which much goes wrong: webhooks lost, doubled and shuffled, an ERP that drops answers. All is sold once.

Twenty orders; STORM_ROUNDS=200 in the environment makes it two hundred.
"""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from core.testing.races import race
from core.testing.tasks import run_tasks
from storesync import hooks, syncing
from storesync.mock.prokip.store import TOKEN
from storesync.models import Connection, StoreOrder
from storesync.models.orders import RETRY_AFTER
from storesync.sales.pulling import Pulled, pull
from storesync.tests.clients import HubClient, hub_client
from storesync.tests.factories import make_erp
from storesync.tests.sales import an_order, invoices, take, work
from storesync.tests.shops import shopify_shop, woo_shop

__all__ = ["shopify_shop", "woo_shop"]

ROUNDS = int(os.environ.get("STORM_ROUNDS", "20"))
SKUS = ("CABLE-C", "CASE-RED")


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


@pytest.mark.django_db
def test_the_erp_has_sold_exactly_what_was_paid(shops, shopify, woo, prokip):
    dice, begun, paid, held = random.Random(7), stock(prokip), Counter(), Counter()
    for number in range(ROUNDS):
        sku, is_paid = dice.choice(SKUS), dice.random() < 0.9
        (shopify, woo)[number % 2].sell(sku, paid=is_paid)
        paid[sku] += is_paid
        held[sku] += not is_paid
    for stand_in in (shopify, woo):
        stand_in.settle()
    arriving = [webhook for webhook in woo.sent if dice.random() > 0.1]  # whoever listens last hears all
    arriving += [webhook for webhook in arriving if dice.random() < 0.2]
    dice.shuffle(arriving)
    prokip.fail("drop after", rate=0.1)
    prokip.fail("drop", rate=0.1)
    for place, webhook in enumerate(arriving):
        assert webhook.deliver(HubClient()).status_code == 200
        if place % 10 == 0:
            run_tasks()
    with time_machine.travel(timezone.now()) as clock:
        for wait in RETRY_AFTER[2:5]:
            clock.shift(wait + timedelta(minutes=1))
            call_command("sync_stores", verbosity=0)
            run_tasks()
        prokip.heal()
        hub_client(shops[0].owner).post("sync")
        run_tasks()
        clock.shift(timedelta(minutes=1))
        call_command("sync_stores", verbosity=0)
    assert stock(prokip) == {sku: begun[sku] - paid[sku] for sku in SKUS}
    assert len(invoices(prokip)) == len(set(invoices(prokip))) == paid.total()
    assert stock(shopify) == stock(woo) == {sku: begun[sku] - paid[sku] - held[sku] for sku in SKUS}
    assert not StoreOrder.objects.filter(is_paid=True).exclude(status="sent").exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_all_that_is_said_of_one_order_at_once_sells_or_returns_it_once(shops, shopify, prokip):
    """Created, updated, cancelled and pulled, while a worker is at it: nothing stays out of stock."""
    begun, shop = stock(prokip), shops[0]
    for number in range(max(ROUNDS // 8, 3)):
        made = an_order("CABLE-C", number=number + 1)
        versions = [
            made,
            an_order("CABLE-C", number=number + 1, version=made.version + timedelta(minutes=1)),
            an_order("CABLE-C", number=number + 1, version=made.version + timedelta(minutes=2), cancelled=True),
        ]
        connector = syncing.connector_of(shop)
        race(
            [
                *(lambda one=one: take(shop, one) for one in versions),
                lambda connector=connector: pull(shop, connector, Pulled()),
                lambda: work(shop),
            ]
        )
        work(shop)
        assert StoreOrder.objects.get(order_id=made.id).status in ("ignored", "returned")
        assert stock(prokip) == begun
