"""The end of a connection: at once for its user, and our webhooks at the shop go as far as it answers."""

import pytest
from django.core.management import call_command

from core.testing.tasks import run_tasks
from storesync.connections import disconnect
from storesync.connectors.registry import connector_of
from storesync.connectors.woocommerce.connector import WooCommerceConnector
from storesync.hooks import TRIES, address_for, make_hooks, remove_hooks
from storesync.models import Connection, HookRemoval
from storesync.tests.clients import hub_client
from storesync.tests.factories import make_connection, make_operator
from storesync.tests.shops import SHOP, connect_woo, shopify_credentials
from storesync.wire import RefusedCredentials

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(hub, woo):
    """A connection whose webhooks were made."""
    connection = Connection.objects.get(pk=connect_woo(hub))
    run_tasks()
    return connection


def addresses(woo):
    return [hook["delivery_url"] for hook in woo.store.hooks.values()]


def test_the_shop_is_not_asked_while_its_user_waits(hub, woo, shop):
    asked = len(woo.calls())
    assert hub.delete(f"connections/{shop.pk}").json() == {"success": True}
    shop.refresh_from_db()
    assert (len(woo.calls()), shop.credentials) == (asked, None)
    run_tasks()
    assert (addresses(woo), HookRemoval.objects.count()) == ([], 0)


def test_the_hooks_of_others_stay(hub, woo, shop):
    foreign = "https://other.example.com/hook"
    woo.api("POST", "webhooks", json={"topic": "order.created", "delivery_url": foreign})
    theirs = Connection.objects.get(pk=connect_woo(hub_client(make_operator("other").user)))
    run_tasks()
    hub.delete(f"connections/{shop.pk}")
    run_tasks()
    assert addresses(woo) == [foreign, *[address_for(theirs)] * 3]


def test_shopifys_stay_until_the_last_user_of_the_shop_leaves(merchant, shopify):
    credentials, left = shopify_credentials(shopify.token), []
    owners = [merchant, make_operator("other").user]
    both = [make_connection(owner=owner, address=SHOP, credentials=credentials) for owner in owners]
    for shop in both:
        make_hooks.call(connection_id=shop.pk)
    for shop in both:
        disconnect(connection=shop, by=shop.owner)
        run_tasks()
        left.append(len(shopify.state()["hooks"]))
    assert left == [5, 0]


def test_a_shop_that_does_not_answer_is_asked_again_by_the_next_runs(hub, woo, shop):
    woo.fail("500", count=2)
    hub.delete(f"connections/{shop.pk}")
    run_tasks()
    call_command("sync_stores", dry_run=True)
    assert HookRemoval.objects.get().attempts == 1
    for _ in range(2):
        call_command("sync_stores")
    shop.refresh_from_db()
    assert (addresses(woo), HookRemoval.objects.count(), shop.hooks_problem) == ([], 0, "")


@pytest.mark.parametrize(("fault", "tries"), [("500", TRIES), ("token", 1)])
def test_hooks_that_cannot_be_removed_are_given_up_with_a_trace(hub, woo, shop, fault, tries):
    woo.fail(fault)
    hub.delete(f"connections/{shop.pk}")
    run_tasks()
    for _ in range(tries - 1):
        assert HookRemoval.objects.exists()
        call_command("sync_stores")
    assert not HookRemoval.objects.exists()
    shop.refresh_from_db()
    assert shop.hooks_problem.startswith("Its webhooks stay at the shop.")


def test_hooks_that_stayed_with_an_old_secret_are_not_ours(hub, api, woo, shop):
    woo.store.site = shop.address
    woo.fail("token")
    hub.delete(f"connections/{shop.pk}")
    run_tasks()
    woo.heal()
    again = Connection.objects.get(pk=connect_woo(hub))
    run_tasks()
    secrets = [hook["secret"] for hook in woo.store.hooks.values()]
    assert (len(secrets), secrets.count(again.webhook_secret)) == (6, 3)
    woo.settle()
    woo.sent.clear()
    woo.sell("CABLE-C")
    woo.settle()
    assert {hook.deliver(api).status_code for hook in woo.sent} == {200, 401}


def test_hooks_that_were_made_meanwhile_are_removed(hub, woo, shop, monkeypatch):
    """The shop has not heard of one that is being made when it is asked for its webhooks."""
    real = WooCommerceConnector.add_hook

    def add_hook(connector, *args, **more):
        hub.delete(f"connections/{shop.pk}")
        remove_hooks.call(connection_id=shop.pk)
        monkeypatch.undo()
        monkeypatch.setattr(connector.meter, "call", lambda function, **_: function())  # it was under way
        return real(connector, *args, **more)

    woo.store.hooks.clear()
    monkeypatch.setattr(WooCommerceConnector, "add_hook", add_hook)
    make_hooks.call(connection_id=shop.pk)
    assert addresses(woo)
    run_tasks()
    assert addresses(woo) == []


def test_no_call_is_made_for_a_connection_that_was_removed(hub, woo, shop):
    connector, asked = connector_of(shop), len(woo.calls())
    hub.delete(f"connections/{shop.pk}")
    with pytest.raises(RefusedCredentials):
        connector.hooks()
    assert len(woo.calls()) == asked
