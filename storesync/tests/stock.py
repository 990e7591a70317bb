"""Shops of one merchant whose ERP was read, and the stock half of a run over them."""

import pytest

from storesync.mock.prokip.store import MAIN, TOKEN
from storesync.models import ErpConfig, StockCache, TraceEvent
from storesync.models.connection import connection_key
from storesync.setup.matching import read_shop
from storesync.stock.comparing import plan, read_levels
from storesync.stock.pushing import Figures, push
from storesync.stock.reading import read_erp
from storesync.tests.factories import make_erp


@pytest.fixture
def erp_config(db, merchant, prokip, erp):
    """The merchant's ERP, which was read."""
    config = make_erp(merchant, token=TOKEN, location_id=MAIN, currency="NGN")
    read_erp(config, erp)
    return config


@pytest.fixture
def shopify_side(erp_config, merchant, shopify_shop):
    """The merchant's shop at Shopify, whose items were read."""
    return of_merchant(shopify_shop, merchant)


@pytest.fixture
def woo_side(erp_config, merchant, woo_shop):
    """The merchant's shop at WooCommerce, whose items were read."""
    return of_merchant(woo_shop, merchant)


@pytest.fixture(params=["shopify", "woo"])
def side(request):
    """Each of the two in turn; `stand_in` is who plays it."""
    side = request.getfixturevalue(f"{request.param}_side")
    side.stand_in = request.getfixturevalue(request.param)
    return side


def of_merchant(connector, merchant):
    shop = connector.connection
    shop.owner, shop.key = merchant, connection_key(merchant, shop.platform, shop.identity)
    shop.save()
    read_shop(shop, connector)
    return connector


def planned(connector):
    return plan(connector.connection, read_levels(connector.connection, connector))


def push_all(connector, *, catch_up=lambda: None, decisions=None):
    """Push what differs; how many figures were written, and how many were not."""
    decisions = planned(connector) if decisions is None else decisions
    figures = Figures()
    push(connector.connection, connector, decisions, figures, catch_up=catch_up)
    return figures.written, figures.errors


def read_again(erp):
    """The ERP, as the next run reads it."""
    read_erp(ErpConfig.objects.get(), erp)


def cell(connector, sku):
    return StockCache.objects.get(connection=connector.connection, sku=sku)


def events(sku, connector=None):
    """What happened to a SKU, oldest first."""
    rows = TraceEvent.objects.filter(sku=sku).order_by("pk")
    if connector:
        rows = rows.filter(connection=connector.connection)
    return list(rows.values_list("kind", "before", "after"))
