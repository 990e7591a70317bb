"""What the hub keeps."""

from storesync.models.connection import (
    CallBudget,
    Connection,
    ConnectionStatusChange,
    Consent,
    ErpConfig,
    HookRemoval,
    Platform,
)
from storesync.models.items import ErpItem, SkuMapping, StockCache
from storesync.models.operator import Operator
from storesync.models.orders import (
    Delivery,
    ErpSale,
    ErpSaleLine,
    OrderPieces,
    StoreOrder,
    StoreOrderStatusChange,
)
from storesync.models.runs import SyncRun, TraceEvent

__all__ = [
    "CallBudget",
    "Connection",
    "ConnectionStatusChange",
    "Consent",
    "Delivery",
    "ErpConfig",
    "ErpItem",
    "ErpSale",
    "ErpSaleLine",
    "HookRemoval",
    "Operator",
    "OrderPieces",
    "Platform",
    "SkuMapping",
    "StockCache",
    "StoreOrder",
    "StoreOrderStatusChange",
    "SyncRun",
    "TraceEvent",
]
