"""A process that is killed while it stores a webhook: whatever was stored, the order is one sale."""

import json

import pytest

from core.testing.kills import kill_at
from core.testing.tasks import run_tasks
from storesync.mock.prokip.store import TOKEN
from storesync.models import Connection, Delivery
from storesync.sales.pulling import Pulled, pull
from storesync.tests.clients import hub_client
from storesync.tests.factories import make_erp
from storesync.tests.hooks import send, shopify_hook, woo_hook
from storesync.tests.sales import invoices, make_shop
from storesync.tests.shops import woo_shop

__all__ = ["woo_shop"]

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

STEP = "storesync.inbox.receiving.store"


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_storing_what_shopify_tells_again(prokip, shopify, when):
    """It had no answer."""
    make_shop()
    hook = shopify_hook(json.dumps(shopify.sell("CABLE-C")).encode())
    kill_at(STEP, when, lambda: send(hub_client(), hook))
    assert Delivery.objects.count() == (when == "after")
    assert send(hub_client(), hook).status_code == 200
    run_tasks()
    assert (Delivery.objects.get().status, len(invoices(prokip))) == ("handled", 1)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_storing_what_woocommerce_never_tells_again(prokip, woo, woo_shop, when):
    """What was stored has its task, and what was not is pulled."""
    make_erp(woo_shop.connection.owner, token=TOKEN, currency="NGN")
    Connection.objects.update(webhook_secret="hook-secret")
    hook = woo_hook(json.dumps(woo.sell("CABLE-C")).encode())
    kill_at(STEP, when, lambda: send(hub_client(), hook))
    run_tasks()
    counted = Pulled()
    pull(woo_shop.connection, woo_shop, counted)
    run_tasks()
    assert (counted.new, len(invoices(prokip))) == (int(when == "before"), 1)
