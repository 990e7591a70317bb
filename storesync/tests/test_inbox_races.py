"""Processes that are killed while a webhook is stored or acted on: it is one sale all the same."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.testing.kills import kill_at
from core.testing.tasks import run_tasks
from storesync import hooks, syncing
from storesync.mock.prokip.store import TOKEN
from storesync.models import Delivery, StoreOrder
from storesync.models.orders import LEASE
from storesync.tests.clients import HubClient
from storesync.tests.factories import make_erp
from storesync.tests.sales import invoices

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

STORING = [("storesync.inbox.receiving.store", when) for when in ("before", "after")]
ACTING = [
    (step, when)
    for step in (
        "storesync.inbox.handling.act",
        "storesync.sales.working.take_in",
        "storesync.inbox.handling.receive",
        "storesync.models.Delivery.conclude",
    )
    for when in ("before", "after")
]


@pytest.fixture
def webhook(shopify_shop, shopify, prokip):
    """It tells of an order that somebody paid."""
    make_erp(shopify_shop.connection.owner, token=TOKEN, currency="NGN")
    hooks.make_hooks.call(connection_id=shopify_shop.connection.pk)
    shopify.sell("CABLE-C")
    shopify.settle()
    return shopify.sent[0]


def deliver(webhook):
    assert webhook.deliver(HubClient()).status_code == 200


def sweep():
    """What a run does first, once every lease is over."""
    with time_machine.travel(timezone.now() + LEASE + timedelta(minutes=1)):
        list(syncing.sweep(syncing.callable_shops()))
        run_tasks()


def is_sold_once(prokip):
    order, delivery = StoreOrder.objects.get(), Delivery.objects.get()
    return (order.status, delivery.status, len(invoices(prokip))) == ("sent", "handled", 1)


@pytest.mark.parametrize(("step", "when"), STORING)
def test_killed_while_a_webhook_is_stored(webhook, prokip, step, when):
    """The shop had no answer, and tells it again."""
    kill_at(step, when, lambda: deliver(webhook))
    deliver(webhook)
    sweep()
    assert is_sold_once(prokip)


@pytest.mark.parametrize(("step", "when"), ACTING)
def test_killed_while_a_webhook_is_acted_on(webhook, prokip, step, when):
    """Its task is gone with the worker."""
    deliver(webhook)
    kill_at(step, when, run_tasks)
    sweep()
    assert is_sold_once(prokip)
