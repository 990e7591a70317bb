"""Reading orders: pure functions from a store's payload to one neutral `Order`, whichever store it was.

A payload is never trusted and never makes more than two things: an `Order`, whose `problems` say what is wrong with
it, or `Unreadable`, where not even its id can be read. Amounts are `Decimal` from the bytes on, so `parse` is
the only way from bytes to a payload.
"""

from storesync.sales.reading.kept import content_of, order_of
from storesync.sales.reading.neutral import Line, Order, Problem
from storesync.sales.reading.shopify import read_shopify
from storesync.sales.reading.shopify_graphql import (
    LINE_FIELDS,
    ORDER_FIELDS,
    REFUND_FIELDS,
    SHIPPING_FIELDS,
    read_shopify_node,
)
from storesync.sales.reading.woocommerce import read_woocommerce, resource_of
from storesync.values import MAX_BYTES, Unreadable, parse

__all__ = [
    "LINE_FIELDS",
    "MAX_BYTES",
    "ORDER_FIELDS",
    "REFUND_FIELDS",
    "SHIPPING_FIELDS",
    "Line",
    "Order",
    "Problem",
    "Unreadable",
    "content_of",
    "order_of",
    "parse",
    "read_shopify",
    "read_shopify_node",
    "read_woocommerce",
    "resource_of",
]
