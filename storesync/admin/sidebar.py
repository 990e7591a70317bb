"""The lines of the store sync in the side bar, and the colours of its statuses."""

from core.admin import badges
from core.admin.sidebar import Entry, register

SECTION = "Stores"

register(
    Entry(SECTION, 450, "Connections", "sync_alt", "storesync.connection"),
    Entry(SECTION, 453, "Store orders", "shopping_cart", "storesync.storeorder"),
    Entry(SECTION, 456, "Mappings", "link", "storesync.skumapping"),
    Entry(SECTION, 459, "Stock", "inventory", "storesync.stockcache", without=("storesync_stockcache_story",)),
    Entry(SECTION, 462, "Story of a SKU", "history", "storesync.stockcache", page="story"),
    Entry(SECTION, 465, "Runs", "autorenew", "storesync.syncrun"),
    Entry(SECTION, 468, "ERPs", "dns", "storesync.erpconfig"),
    Entry(SECTION, 471, "Store webhooks", "webhook", "storesync.delivery"),
)
badges.register(
    active="success",
    paused="warning",
    broken="danger",
    removed="default",
    ok="success",
    attention="danger",
    reserved="warning",
    sent="info",
    returned="info",
    blocked="danger",
    oversold="danger",
)
