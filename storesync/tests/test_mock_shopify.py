"""The Shopify shop's stand-in: consent and tokens, queries, what they cost."""

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings

from storesync.mock.shopify import graphql
from storesync.tests.recorded import recorded, unlike

# OAuth


def test_consent_leads_back_with_a_signed_query(shopify):
    address = urlsplit(shopify.consent(shop="ada.myshopify.com"))
    query = dict(parse_qsl(address.query))
    signed = query.pop("hmac")
    text = urlencode(sorted(query.items())).encode()
    assert hmac.new(settings.SHOPIFY_CLIENT_SECRET.encode(), text, hashlib.sha256).hexdigest() == signed
    assert set(query) == {"code", "host", "shop", "state", "timestamp"}
    assert (query["shop"], query["state"], address.netloc) == ("ada.myshopify.com", "state", "hub.example.com")


def test_nobody_consents_to_a_foreign_app(shopify):
    answer = shopify.call("GET", "/admin/oauth/authorize", params={"client_id": "x", "redirect_uri": "https://x"})
    assert answer.status_code == 400


@pytest.fixture
def code(shopify):
    return dict(parse_qsl(urlsplit(shopify.consent()).query))["code"]


def test_a_code_is_worth_one_token(shopify, code):
    token = shopify.exchange(code=code)
    assert set(token.json()) == {"access_token", "scope"}
    assert token.json()["scope"] == "read_products,write_inventory"
    assert shopify.exchange(code=code).status_code == 400
    assert shopify.exchange(code="x").status_code == 400
    assert shopify.exchange(code=code, client_secret="x").json() == {"error": "application_cannot_be_found"}


def test_a_token_ends_and_is_renewed(shopify, code):
    first = shopify.exchange(code=code, expiring="1").json()
    assert (first["expires_in"], first["refresh_token_expires_in"]) == (3600, 7776000)
    shop = "{ shop { myshopifyDomain } }"
    assert shopify.ask(shop, token=first["access_token"])["data"]
    shopify.fail("clock", seconds=3700)
    headers = {"X-Shopify-Access-Token": first["access_token"]}
    path = "/admin/api/2026-10/graphql.json"
    assert shopify.call("POST", path, json={"query": shop}, headers=headers).status_code == 401

    def renew(token):
        return shopify.exchange(grant_type="refresh_token", refresh_token=token)

    lost, second = renew(first["refresh_token"]).json(), renew(first["refresh_token"]).json()
    assert lost["access_token"] != second["access_token"]
    assert shopify.ask(shop, token=second["access_token"])["data"]
    assert renew(first["refresh_token"]).status_code == 400
    assert renew(second["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["", "shpat_wrong"])
def test_the_api_wants_a_token(shopify, token):
    headers = {"X-Shopify-Access-Token": token}
    body = {"query": "{ shop { id } }"}
    answer = shopify.call("POST", "/admin/api/2026-10/graphql.json", json=body, headers=headers)
    assert (answer.status_code, "Invalid API key" in answer.json()["errors"]) == (401, True)


# GraphQL


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ shop { nickname } }", "Cannot query field 'nickname' on type 'Shop'"),
        ("{ products(first: 1) { nodes { variants { id } } } }", "Cannot query field 'id'"),
        ("{ shop { id }", "Syntax Error"),
        ("{ orders { nodes { id } } }", "you must provide one of first or last"),
        ("{ orders(first: 251) { nodes { id } } }", "at most 250"),
        ('{ orders(first: 1, query: "upddated_at:>2026-01-01") { nodes { id } } }', "no search by upddated_at"),
        ('{ orders(first: 1, after: "x") { nodes { id } } }', "Invalid cursor"),
        ('{ node(id: "7") { id } }', "Invalid global id"),
        ("mutation { webhookSubscriptionDelete { userErrors { message } } }", "webhookSubscriptionDelete(id:)"),
    ],
)
def test_a_wrong_query_is_an_error_of_200(shopify, query, message):
    answer = shopify.ask(query)
    assert message in answer["errors"][0]["message"]
    assert not any((answer.get("data") or {}).values())


def test_variants_come_in_pages(shopify):
    seen, after = [], None
    while True:
        page = shopify.ask(shopify.STOCK, first=10, after=after)["data"]["productVariants"]
        seen += [row["sku"] for row in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert (len(seen), seen.count("DUP-1"), len(set(seen))) == (31, 2, 30)


def test_a_variant_is_found_by_its_sku_and_shows_its_stock(shopify):
    rows = shopify.ask(shopify.STOCK, first=5, query="sku:'PHONE-A'")["data"]["productVariants"]["nodes"]
    level = rows[0]["inventoryItem"]["inventoryLevels"]["nodes"][0]
    assert (len(rows), rows[0]["price"], level["location"]["name"]) == (1, "250000.00", "Shop")
    assert [each["quantity"] for each in level["quantities"]] == [18, 0, 18]


def test_untracked_items_say_so(shopify):
    tracked = {sku for sku, row in shopify.variants().items() if row["inventoryItem"]["tracked"]}
    assert set(shopify.variants()) - tracked == {"SETUP", "KIT-PHONE"}


def test_objects_are_found_by_id(shopify):
    gid = shopify.variants()["PHONE-A"]["id"]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on ProductVariant { sku product { title } } } }"
    rows = shopify.ask(query, ids=[gid, "gid://shopify/ProductVariant/1"])["data"]["nodes"]
    assert rows == [{"id": gid, "sku": "PHONE-A", "product": {"title": "Phone A 128 GB"}}, None]


# Costs


def test_costs_are_those_of_the_documentation(shopify):
    cost = shopify.ask(shopify.STOCK, first=10)["extensions"]["cost"]
    assert unlike(cost, recorded("shopify/graphql-user-errors.json")["extensions"]["cost"]) == []
    # A connection of ten variants; each an object, its item, a connection of one level, its location, its quantities.
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (92, 2 + 10 * (1 + 1 + 2 + 1 + 1 + 3))
    assert shopify.ask(shopify.STOCK, first=40)["extensions"]["cost"]["actualQueryCost"] == 2 + 31 * 9
    assert cost["throttleStatus"]["currentlyAvailable"] <= 2000 - cost["actualQueryCost"] + 100


def test_a_query_may_not_cost_more_than_a_thousand(shopify):
    answer = shopify.ask(shopify.STOCK, first=250)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert "data" not in answer


def test_who_asks_too_much_is_throttled_until_points_come_back(shopify, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(graphql.time, "monotonic", lambda: now[0])
    shopify.control("POST", "reset")
    answers = [shopify.ask(shopify.STOCK, first=90) for _ in range(12)]
    throttled = [answer for answer in answers if "data" not in answer]
    assert 0 < len(throttled) < 12
    assert unlike(throttled[0], recorded("shopify/graphql-throttled.json")) == []
    assert throttled[0]["errors"][0]["extensions"]["code"] == "THROTTLED"
    now[0] += 10
    assert "data" in shopify.ask(shopify.STOCK, first=90)
