"""A Shopify shop, as the hub sees every shop."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from storesync import wire
from storesync.connectors.base import (
    Connector,
    Hook,
    Item,
    ItemRef,
    Level,
    Location,
    NewItem,
    OrderPage,
    Outcome,
    PriceWrite,
    Shop,
    StockWrite,
)
from storesync.connectors.budget import Rate
from storesync.connectors.shopify import orders, selling
from storesync.connectors.shopify.graphql import PAGE, Api, Row, gid, number_of, within
from storesync.values import members, text

MOST_LOCATIONS = 250  # of a page; a shop has at most 200 unless Shopify allows it more
SHOP = f"""
{{
  shop {{ name currencyCode }}
  locations(first: {MOST_LOCATIONS}) {{ nodes {{ id name isActive fulfillsOnlineOrders }} }}
}}
"""
HOOKS = f"""
query($after: String) {{
  webhookSubscriptions(first: {PAGE}, after: $after) {{
    nodes {{ id topic uri }} pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""
ADD_HOOK = """
mutation($topic: WebhookSubscriptionTopic!, $hook: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $hook) {
    webhookSubscription { id topic uri } userErrors { field message }
  }
}
"""
REMOVE_HOOK = """
mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId } }
"""
# `orders/create` is ORDERS_CREATE in GraphQL.
TOPICS = ("orders/create", "orders/updated", "orders/cancelled", "products/update", "app/uninstalled")
CONSTANTS = {topic.replace("/", "_").upper(): topic for topic in TOPICS}


class ShopifyConnector(Connector):
    """Its locations that get stock are those of the connection, else the first that ships what is bought online."""

    topics = TOPICS
    rate = Rate(most=1000, a_second=50)  # points, on the smallest plan there ever was

    @cached_property
    def api(self) -> Api:
        return Api(self.meter)

    @cached_property
    def locations(self) -> list[str]:
        return [str(each) for each in self.connection.locations] or [self.main_location]

    @cached_property
    def main_location(self) -> str:
        """Where it ships from. Raises Rejected where there is none."""
        nodes = [node for node in members(within(self.shop, "locations").get("nodes")) if node.get("isActive")]
        online = [node for node in nodes if node.get("fulfillsOnlineOrders")]
        if not nodes:
            raise wire.Rejected("The shop has no location.")
        return number_of((online or nodes)[0])

    @cached_property
    def shop(self) -> Row:
        return self.api.ask(SHOP, cost=MOST_LOCATIONS + 3)

    def check(self) -> Shop:
        shop, nodes = within(self.shop, "shop"), members(within(self.shop, "locations").get("nodes"))
        locations = [Location(number_of(node), text(node.get("name"))) for node in nodes if node.get("isActive")]
        return Shop(text(shop.get("name")), text(shop.get("currencyCode")), tuple(locations))

    def hooks(self) -> list[Hook]:
        pages = self.api.pages(HOOKS, {}, "webhookSubscriptions", cost=PAGE + 2)
        return [hook_of(node) for _, nodes in pages for node in nodes]

    def add_hook(self, topic: str, address: str, *, secret: str = "") -> Hook:
        constant = topic.replace("/", "_").upper()
        asked = {"topic": constant, "hook": {"uri": address, "format": "JSON"}}
        made = self.api.change(ADD_HOOK, asked, "webhookSubscriptionCreate")
        return hook_of(within(made, "webhookSubscription"))

    def remove_hook(self, hook_id: str) -> None:
        self.api.ask(REMOVE_HOOK, {"id": gid("WebhookSubscription", hook_id)}, cost=10)

    def orders_since(self, moment: datetime) -> Iterator[OrderPage]:
        return orders.orders_since(self.api, moment)

    def refunds_of(self, order_id: str) -> Sequence[Any]:
        return orders.refunds_of(self.api, order_id)

    def products(self) -> Iterator[Item]:
        return selling.products(self.api)

    def stock(self, refs: Sequence[ItemRef]) -> Iterator[Level]:
        return selling.stock(self.api, refs, self.locations)

    def write_stock(self, writes: Sequence[StockWrite]) -> Iterator[Outcome[StockWrite]]:
        return selling.write_stock(self.api, writes)

    def write_prices(self, writes: Sequence[PriceWrite]) -> Iterator[Outcome[PriceWrite]]:
        return selling.write_prices(self.api, writes)

    def create(self, items: Sequence[NewItem]) -> Iterator[Outcome[NewItem]]:
        return selling.create(self.api, items, self.locations[0])


def hook_of(node: Row) -> Hook:
    """Shopify deletes a webhook that fails; the ones that are there are active."""
    constant = text(node.get("topic"))
    return Hook(number_of(node), CONSTANTS.get(constant, constant), text(node.get("uri")), is_active=True)
