"""What a shop sells, and what the ERP calls it: the same SKU to the letter, unless a person said otherwise."""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.db import ROWS_AT_ONCE, transactional
from core.text.canonical import sha256
from storesync.connectors.base import Connector, Item, batches
from storesync.models import Connection, Platform, SkuMapping

How = SkuMapping.How

# To read the products of a large shop costs half the calls of a run.
READ_AGAIN_AFTER = timedelta(days=1)
PLACES = Decimal("0.0001")
LONGEST_KEY = 64
OF_NO_ITEM: dict[str, Any] = {
    "item_id": "",
    "variant_id": "",
    "inventory_id": "",
    "item_key": None,
    "is_tracked": True,
    "name": "",
    "price": None,
}
OF_ITEM = tuple(OF_NO_ITEM)


def read_shop_when_due(connection: Connection, connector: Connector) -> None:
    """Read its items unless that was done within a day; our own at once. Raises a CallFailed of the shop."""
    read_at = connection.items_read_at
    if read_at is None or connection.platform == Platform.GIGGATEK or read_at < timezone.now() - READ_AGAIN_AFTER:
        read_shop(connection, connector)


def ask_to_read(connection: Connection) -> None:
    """Have the next run read its items."""
    Connection.objects.filter(pk=connection.pk).update(items_read_at=None)


def read_shop(connection: Connection, connector: Connector) -> None:
    """Know what it sells. Raises a CallFailed of the shop, and then what was known stays as it was."""
    began = timezone.now()
    found = {item.ref.key: item for item in connector.products() if len(item.ref.key) <= LONGEST_KEY}
    keep(connection, found)
    connection.items_read_at = began
    connection.save(update_fields=["items_read_at"])


@transactional
def keep(connection: Connection, items: dict[str, Item]) -> None:
    """Write what differs of the shop's items, by their keys."""
    Connection.objects.select_for_update().get(pk=connection.pk)
    once = sold_once(items.values())
    manual = list(connection.mappings.filter(how=How.MANUAL))
    moved = [mapping for mapping in manual if attach(mapping, once.get(mapping.sku))]
    taken = {mapping.item_key for mapping in manual}
    wanted = {key: automatic(connection, item, once) for key, item in items.items() if key not in taken}
    SkuMapping.objects.filter(pk__in=[mapping.pk for mapping in moved]).update(item_key=None)
    renew(connection, wanted)
    SkuMapping.objects.bulk_update(moved, OF_ITEM, batch_size=ROWS_AT_ONCE)
    forget_stock(connection, set(items))


def sold_once(items: Collection[Item]) -> dict[str, Item]:
    """By their SKU, those whose SKU no other item has."""
    many = Counter(item.sku for item in items)
    return {item.sku: item for item in items if item.sku and many[item.sku] == 1}


def renew(connection: Connection, wanted: dict[str, SkuMapping]) -> None:
    """Have just these automatic mappings. One that differs is made anew: two that exchange a SKU would clash."""
    known = list(connection.mappings.filter(how=How.AUTOMATIC))
    gone = [mapping for mapping in known if facts(mapping) != facts(wanted.get(mapping.item_key or ""))]
    for batch in batches(gone, ROWS_AT_ONCE):
        SkuMapping.objects.filter(pk__in=[mapping.pk for mapping in batch]).delete()
    same = {mapping.item_key for mapping in known} - {mapping.item_key for mapping in gone}
    new = [mapping for key, mapping in wanted.items() if key not in same]
    SkuMapping.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)


def forget_stock(connection: Connection, items: set[str]) -> None:
    """Know nothing more of the stock of items that are gone."""
    gone = set(connection.stock.values_list("item_key", flat=True)) - items
    for keys in batches(list(gone), ROWS_AT_ONCE):
        connection.stock.filter(item_key__in=keys).delete()


def automatic(connection: Connection, item: Item, once: dict[str, Item]) -> SkuMapping:
    key = sha256(item.sku)
    return SkuMapping(
        connection=connection,
        sku=item.sku,
        sku_key=key if item.sku in once else None,
        erp_sku=item.sku,
        erp_sku_key=key,
        **of_item(item),
    )


def of_item(item: Item) -> dict[str, Any]:
    return {
        "item_id": item.ref.item_id,
        "variant_id": item.ref.variant_id,
        "inventory_id": item.ref.inventory_id,
        "item_key": item.ref.key,
        "is_tracked": item.is_tracked,
        "name": item.name[:255],
        "price": None if item.price is None else item.price.quantize(PLACES),
    }


def attach(mapping: SkuMapping, item: Item | None) -> bool:
    """Let a mapping by hand be about this item, or about none; whether that is new."""
    before = facts(mapping)
    for name, value in (of_item(item) if item else OF_NO_ITEM).items():
        setattr(mapping, name, value)
    return facts(mapping) != before


def facts(mapping: SkuMapping | None) -> tuple[Any, ...]:
    return tuple(getattr(mapping, name, None) for name in (*OF_ITEM, "sku", "sku_key"))


def erp_names(connection: Connection, skus: Collection[str]) -> dict[str, str]:
    """What the ERP calls these SKUs of a shop."""
    by_hand = connection.mappings.filter(how=How.MANUAL, sku_key__in=[sha256(sku) for sku in skus])
    return {sku: sku for sku in skus} | dict(by_hand.values_list("sku", "erp_sku"))
