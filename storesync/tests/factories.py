"""Connections, ERPs and orders for tests."""

from datetime import UTC, datetime
from uuid import uuid4

from django.utils import timezone

from accounts.tests.factories import UserFactory
from storesync.connectors.addresses import identity_of
from storesync.connectors.woocommerce.api import credentials_of
from storesync.models import Connection, ErpConfig, ErpSale, Operator, StoreOrder
from storesync.models.connection import connection_key
from storesync.models.operator import username_key

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # before any order of a test
ACCOUNT = "api.prokip.africa 1"


def make_operator(username="merchant"):
    """A user of the hub, with the password of all tests."""
    user = UserFactory(email=f"{uuid4().hex}@accounts.invalid", first_name="", last_name="")
    return Operator.objects.create(user=user, username=username, username_key=username_key(username))


def make_connection(*, owner=None, platform="shopify", address="shop.myshopify.com", **fields):
    owner = owner or make_operator(uuid4().hex).user
    identity = identity_of(address) or address
    key = connection_key(owner, platform, identity)
    credentials = credentials_of("ck_1", "cs_1") if platform == "woocommerce" else "{}"
    fields = {"credentials": credentials, "orders_from": LONG_AGO, **fields}
    return Connection.objects.create(
        owner=owner, platform=platform, address=address, identity=identity, key=key, **fields
    )


def make_erp(owner, **fields):
    fields = {
        "address": "https://api.prokip.africa",
        "account": ACCOUNT,
        "token": "erp-token",
        "location_id": 1,
        **fields,
    }
    return ErpConfig.objects.create(owner=owner, **fields)


def make_order(connection, *, order_id="1001", **fields):
    return StoreOrder.objects.create(connection=connection, order_id=order_id, number=f"#{order_id}", **fields)


def make_sale(order, **fields):
    fields = {
        "invoice_number": f"SHOPIFY-{order.order_id}",
        "account": ACCOUNT,
        "day": timezone.localdate(),
        "total": 10,
        **fields,
    }
    return ErpSale.objects.create(order=order, **fields)
