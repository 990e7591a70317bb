"""Many workers at one shop: one renews its token, and together they take no more than there is; some are killed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.testing.kills import kill_at
from core.testing.races import race
from storesync.connectors import budget
from storesync.connectors.budget import Rate
from storesync.connectors.registry import connector_of
from storesync.connectors.shopify import oauth
from storesync.models import CallBudget, Connection
from storesync.tests.factories import make_connection
from storesync.tests.shops import ending, renewals, stored

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

TEN = range(10)


def test_ten_workers_renew_a_token_once(shopify, consent_code):
    connection = ending(consent_code, seconds=-1)
    mine = [Connection.objects.get() for _ in TEN]
    tokens = race([lambda one=one: oauth.access_token(one) for one in mine])
    assert set(tokens) == {stored(connection)[0]["access_token"]}
    assert renewals(shopify) == 1


def test_ten_workers_with_a_token_that_is_still_good_call_at_once(shopify, consent_code):
    ending(consent_code, seconds=240)
    mine = [Connection.objects.get() for _ in TEN]
    shops = race([connector_of(one).check for one in mine])
    assert {shop.currency for shop in shops} == {"NGN"}
    assert renewals(shopify) == 1


def test_ten_workers_take_no_more_than_there_is():
    connection, rate = make_connection(), Rate(most=35, a_second=1)
    waits = race([lambda: budget.take(connection, 10, rate) for _ in TEN])
    assert [wait for wait in waits if isinstance(wait, Exception)] == []
    assert sum(wait == 0 for wait in waits) == 3
    assert CallBudget.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "when"),
    [("claimed", "after"), ("renew", "before"), ("renew", "after"), ("keep", "before"), ("keep", "after")],
)
def test_after_a_worker_was_killed_at_the_renewal_the_shop_is_called_again(shopify, consent_code, step, when):
    ending(consent_code, seconds=-1)
    kill_at(f"storesync.connectors.shopify.oauth.{step}", when, connector_of(Connection.objects.get()).check)
    with time_machine.travel(timezone.now() + oauth.LEASE + timedelta(seconds=1)):
        assert connector_of(Connection.objects.get()).check().currency == "NGN"
