"""Shopify's orders that changed: a few by pages, many by a bulk query, which costs no points for each."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from storesync import wire
from storesync.connectors.base import OrderPage, batches
from storesync.connectors.shopify.graphql import PAGE, Api, Row, gid, number_of, within
from storesync.sales.reading import (
    LINE_FIELDS,
    ORDER_FIELDS,
    REFUND_FIELDS,
    SHIPPING_FIELDS,
    Order,
    Unreadable,
    read_shopify_node,
)
from storesync.values import members, text
from storesync.values import moment as moment_of

# How many orders, and lines of each, are asked for at once, so that no query costs more than 1,000 points.
AT_ONCE, LINES, SHIPPING_LINES, REST = 5, 10, 3, 50
CHANGED = f"""
query($query: String!) {{
  shop {{ ianaTimezone }}
  orders(first: {PAGE}, sortKey: UPDATED_AT, query: $query) {{ nodes {{ id updatedAt }} pageInfo {{ hasNextPage }} }}
}}
"""
NODES = f"""
query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on Order {{
  {ORDER_FIELDS}
  lineItems(first: {LINES}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {LINE_FIELDS} }} }}
  shippingLines(first: {SHIPPING_LINES}, includeRemovals: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {SHIPPING_FIELDS} }}
  }}
  refunds {{ id }}
}} }} }}
"""
REST_OF_LINES = f"""
query($id: ID!, $after: String) {{ order(id: $id) {{
  lineItems(first: {REST}, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {LINE_FIELDS} }} }}
}} }}
"""
REST_OF_SHIPPING_LINES = f"""
query($id: ID!, $after: String) {{ order(id: $id) {{
  shippingLines(first: {REST}, after: $after, includeRemovals: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {SHIPPING_FIELDS} }}
  }}
}} }}
"""
RESTS = {"lineItems": REST_OF_LINES, "shippingLines": REST_OF_SHIPPING_LINES}
REFUNDS = f"query($id: ID!) {{ order(id: $id) {{ refunds {{ {REFUND_FIELDS} }} }} }}"
BULK = f"""
{{ orders(query: %s) {{ edges {{ node {{
  {ORDER_FIELDS}
  lineItems {{ edges {{ node {{ {LINE_FIELDS} }} }} }}
  shippingLines(includeRemovals: true) {{ edges {{ node {{ id {SHIPPING_FIELDS} }} }} }}
  refunds {{ id }}
}} }} }} }}
"""
KINDS = {"LineItem": "lineItems", "ShippingLine": "shippingLines"}
# Points, as the rate limits count them: an object 1, a connection 2 and its nodes.
OF_CHANGED, OF_AN_ORDER, OF_REST, OF_REFUNDS = 103, 160, 560, 260


def orders_since(api: Api, moment: datetime) -> Iterator[OrderPage]:
    """All orders that changed after it, in the order of their changes where they are few."""
    search = f"updated_at:>='{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    data = api.ask(CHANGED, {"query": search}, cost=OF_CHANGED)
    zone, found = zone_of(data), within(data, "orders")
    if within(found, "pageInfo").get("hasNextPage") is True:
        yield from many(api, search, zone)
        return
    for listed in batches(members(found.get("nodes")), AT_ONCE):
        ids = [text(node.get("id")) for node in listed]
        nodes = members(api.ask(NODES, {"ids": ids}, cost=OF_AN_ORDER * len(ids)).get("nodes"))
        page = page_of((completed(api, node) for node in nodes), zone)
        # Not up to the newest of the page: one that changed since it was listed is newer than those that follow.
        yield replace(page, up_to=moment_of(listed[-1].get("updatedAt")))


def many(api: Api, search: str, zone: tzinfo) -> Iterator[OrderPage]:
    """In the shop's own order: only the last page knows how far the cursor may move."""
    newest: datetime | None = None
    rest: list[Row] = []
    for node in assembled(api.bulk(BULK % json.dumps(search), group=True)):
        if len(rest) == PAGE:
            page = page_of(rest, zone)
            newest, rest = latest(newest, page.up_to), []
            yield OrderPage(page.orders, None, page.unreadable)
        rest.append(completed(api, node))
    page = page_of(rest, zone)
    yield OrderPage(page.orders, latest(newest, page.up_to), page.unreadable)


def page_of(nodes: Iterable[Row], zone: tzinfo) -> OrderPage:
    orders: list[Order] = []
    unreadable: list[tuple[str, str]] = []
    for node in nodes:
        try:
            orders.append(read_shopify_node(node, zone=zone))
        except Unreadable as error:
            unreadable.append((number_of(node), str(error)))
    versions = [order.version for order in orders if order.version]
    return OrderPage(tuple(orders), max(versions, default=None), tuple(unreadable))


def completed(api: Api, node: Row) -> Row:
    """An order with all of its lines and refunds."""
    for field, query in RESTS.items():
        connection = within(node, field)
        info = within(connection, "pageInfo")
        while info.get("hasNextPage") is True:
            asked = {"id": node["id"], "after": info.get("endCursor")}
            more = within(api.ask(query, asked, cost=OF_REST), "order", field)
            connection["nodes"] += members(more.get("nodes"))
            if within(more, "pageInfo").get("endCursor") == info.get("endCursor"):
                raise wire.BadAnswer
            info = connection["pageInfo"] = within(more, "pageInfo")
    return {**node, "refunds": refunds_of(api, number_of(node)) if node.get("refunds") else []}


def refunds_of(api: Api, order_id: str) -> Sequence[Any]:
    order = within(api.ask(REFUNDS, {"id": gid("Order", order_id)}, cost=OF_REFUNDS), "order")
    return members(order.get("refunds"))


def assembled(rows: Iterable[Row]) -> Iterator[Row]:
    """Orders with their lines, which follow them in the file of a bulk query. Raises BadAnswer."""
    node: Row | None = None
    for row in rows:
        parent = row.get("__parentId")
        if parent is None:
            if node:
                yield node
            node = {**row, **{field: {"nodes": []} for field in KINDS.values()}}
        elif node is None or parent != node["id"]:
            raise wire.BadAnswer
        else:
            kind = text(row.get("id")).removeprefix("gid://shopify/").partition("/")[0]
            node[KINDS.get(kind, "lineItems")]["nodes"].append(row)
    if node:
        yield node


def zone_of(data: Row) -> tzinfo:
    """The shop's time."""
    try:
        return ZoneInfo(text(within(data, "shop").get("ianaTimezone")))
    except (ValueError, OSError, KeyError):
        return UTC


def latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other
