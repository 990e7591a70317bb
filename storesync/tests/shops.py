"""Connections to the stand-ins, and the connectors that speak for them."""

import json

import pytest

from storesync.connectors.registry import connector_of
from storesync.connectors.shopify import graphql
from storesync.connectors.woocommerce.api import credentials_of
from storesync.erp.client import Prokip
from storesync.mock.prokip.store import MAIN, TOKEN
from storesync.mock.woo.access import KEY, SECRET
from storesync.tests.factories import make_connection


def shopify_credentials(token, refresh_token=""):
    return json.dumps({"access_token": token, "refresh_token": refresh_token})


@pytest.fixture
def shopify_shop(db, shopify, monkeypatch):
    """Its bulk queries are looked at without a pause."""
    monkeypatch.setattr(graphql, "POLLS", (0, 0, 0))
    credentials = shopify_credentials(shopify.token)
    return connector_of(make_connection(address="mock-shop.myshopify.com", credentials=credentials))


@pytest.fixture
def woo_shop(db, woo):
    credentials = credentials_of(KEY, SECRET)
    address = "https://shop.example.com"
    return connector_of(make_connection(platform="woocommerce", address=address, credentials=credentials))


@pytest.fixture
def erp(prokip):
    return Prokip(address="https://api.prokip.africa", token=TOKEN, location_id=MAIN)
