"""A WooCommerce shop, as the hub sees every shop."""

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
    NewItem,
    OrderPage,
    Outcome,
    PriceWrite,
    Shop,
    StockWrite,
)
from storesync.connectors.budget import Rate
from storesync.connectors.woocommerce import orders, selling
from storesync.connectors.woocommerce.api import Api, Row
from storesync.values import identifier, text


class WooCommerceConnector(Connector):
    """It has one stock, and webhooks of which each has a secret of its own."""

    topics = ("order.created", "order.updated", "order.deleted")
    rate = Rate(most=20, a_second=10)  # calls: what a small host takes; it says itself when that is too much

    @cached_property
    def api(self) -> Api:
        return Api(self.meter)

    def check(self) -> Shop:
        body = self.api.call("GET", "system_status", query={"_fields": "environment.home_url,settings"}).body
        found, site = (body.get(name) if isinstance(body, dict) else None for name in ("settings", "environment"))
        if not isinstance(found, dict):
            raise wire.BadAnswer
        home = text(site.get("home_url")) if isinstance(site, dict) else ""
        return Shop(name=self.connection.address, currency=text(found.get("currency")), home=home)

    def hooks(self) -> list[Hook]:
        return [hook_of(row) for rows in self.api.pages("webhooks") for row in rows]

    def add_hook(self, topic: str, address: str, *, secret: str = "") -> Hook:
        asked = {"name": f"GigGatek {topic}", "topic": topic, "delivery_url": address, "secret": secret}
        return hook_of(self.api.call("POST", "webhooks", body={**asked, "status": "active"}).body)

    def remove_hook(self, hook_id: str) -> None:
        try:
            self.api.call("DELETE", f"webhooks/{hook_id}", query={"force": "true"})
        except wire.Rejected as refused:
            if refused.answered != 404:
                raise

    def orders_since(self, moment: datetime) -> Iterator[OrderPage]:
        return orders.orders_since(self.api, moment)

    def refunds_of(self, order_id: str) -> Sequence[Any]:
        return orders.refunds_of(self.api, {"id": order_id})

    def products(self) -> Iterator[Item]:
        return selling.products(self.api)

    def stock(self, refs: Sequence[ItemRef]) -> Iterator[Level]:
        return selling.stock(self.api, refs)

    def write_stock(self, writes: Sequence[StockWrite]) -> Iterator[Outcome[StockWrite]]:
        return selling.write_stock(self.api, writes)

    def write_prices(self, writes: Sequence[PriceWrite]) -> Iterator[Outcome[PriceWrite]]:
        return selling.write_prices(self.api, writes)

    def create(self, items: Sequence[NewItem]) -> Iterator[Outcome[NewItem]]:
        return selling.create(self.api, items)


def hook_of(row: Any) -> Hook:
    """After five failures Woo sets a webhook to `disabled`."""
    if not isinstance(row, dict):
        raise wire.BadAnswer
    shown: Row = row
    return Hook(
        id=identifier(shown.get("id")),
        topic=text(shown.get("topic")),
        address=text(shown.get("delivery_url"), 2000),
        is_active=shown.get("status") == "active",
    )
