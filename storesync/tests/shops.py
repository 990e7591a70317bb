"""Connections to the stand-ins, and the connectors that speak for them."""

import json
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from storesync.connectors.registry import connector_of
from storesync.connectors.shopify import graphql, oauth
from storesync.connectors.woocommerce.api import credentials_of
from storesync.erp.client import Prokip
from storesync.mock.prokip.store import MAIN, TOKEN
from storesync.mock.woo.access import KEY, SECRET
from storesync.models import Connection
from storesync.tests.factories import make_connection

SHOP = "mock-shop.myshopify.com"
CALLBACK = "https://hub.example.com/sync-hub/connections/callback/shopify"


def shopify_credentials(token, refresh_token=""):
    return json.dumps({"access_token": token, "refresh_token": refresh_token})


@pytest.fixture
def shopify_shop(db, shopify, monkeypatch):
    """Its bulk queries are looked at earlier, too."""
    monkeypatch.setattr(graphql, "POLLS", (0.05, *graphql.POLLS))
    credentials = shopify_credentials(shopify.token)
    return connector_of(make_connection(address=SHOP, credentials=credentials))


@pytest.fixture
def woo_shop(db, woo):
    credentials = credentials_of(KEY, SECRET)
    address = "https://shop.example.com"
    return connector_of(make_connection(platform="woocommerce", address=address, credentials=credentials))


def connect_woo(api, address="https://shop.example.com"):
    """The id of the connection that this makes of the shop at the stand-in."""
    keys = {"consumerKey": KEY, "consumerSecret": SECRET}
    answer = api.post("connections/woocommerce", {"storeUrl": address, **keys})
    assert answer.status_code == 200, answer.content
    return answer.json()["id"]


@pytest.fixture
def erp(prokip):
    return Prokip(address="https://api.prokip.africa", token=TOKEN, location_id=MAIN)


# Tokens that end


@pytest.fixture
def consent_code(shopify):
    """What a merchant's consent brings back."""
    address = oauth.authorize_url(SHOP, state="st&te", redirect_uri=CALLBACK)
    return dict(parse_qsl(urlsplit(shopify.consent(address)).query))["code"]


def ending(code, *, seconds):
    """A connection whose token ends so soon."""
    grant = oauth.exchange(SHOP, code)
    expires_at = timezone.now() + timedelta(seconds=seconds)
    return make_connection(address=SHOP, credentials=grant.credentials, expires_at=expires_at)


def stored(connection):
    """Its tokens, their end, and the lease of who renews them, as the row has them."""
    fresh = Connection.objects.get(pk=connection.pk)
    return json.loads(fresh.credentials or "{}"), fresh.expires_at, fresh.renewing_until


def renewals(shopify):
    """How often the token was renewed since it was exchanged."""
    return len(shopify.calls("POST /admin/oauth/access_token")) - 1
