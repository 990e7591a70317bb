"""Mappings by hand: what a shop calls otherwise than the ERP does."""

from core.db import transactional
from core.errors import InvalidInput, NotFound
from core.text.canonical import sha256
from storesync.erp.client import Prokip
from storesync.models import Connection, ErpConfig, ErpItem, SkuMapping, StoreOrder
from storesync.sales.working import wake
from storesync.setup.reading import bring_shop, end_of_wait, erp_of

How = SkuMapping.How


class MappingNotFound(NotFound):
    """The SKU was not mapped by hand."""

    code = "mapping_not_found"
    message = "There is no such mapping."


def map_sku(*, connection: Connection, store_sku: str, erp_sku: str) -> SkuMapping:
    """From now on the shop's SKU is this one of the ERP; the orders that waited for it are sent.

    Raises InvalidInput for a SKU that a side does not have, or the ERP twice; ErpMissing, ConnectionBroken,
    CallFailed.
    """
    erp = erp_of(connection.owner_id)
    if not is_sold(connection, store_sku):
        bring_shop(connection, ends_at=end_of_wait())
    if not is_sold(connection, store_sku):
        raise InvalidInput.at("storeSku", "The store has no item with this SKU.")
    if not is_in_erp(erp, erp_sku):
        raise InvalidInput.at("prokipSku", "Prokip has no product with this SKU, or more than one.")
    return keep(connection, store_sku, erp_sku)


def is_sold(connection: Connection, sku: str) -> bool:
    """Whether an item of the shop has the SKU; or a blocked order, whose item may be gone."""
    if sku in connection.mappings.filter(sku=sku).values_list("sku", flat=True):  # the collation knows no case
        return True
    blocked = connection.orders.filter(status=StoreOrder.Status.BLOCKED).values_list("content", flat=True)
    return any(sku == line["sku"] for content in blocked for line in content.get("lines", ()))


def is_in_erp(erp: ErpConfig, sku: str) -> bool:
    """Whether one product of the ERP has the SKU, as it was read last or as it says now."""
    known = ErpItem.objects.filter(erp=erp, sku_key=sha256(sku)).count() or len(Prokip.of(erp).find_sku(sku))
    return known == 1


@transactional
def keep(connection: Connection, store_sku: str, erp_sku: str) -> SkuMapping:
    connection.lock()  # a reading of the shop writes its mappings, too
    by_hand = {"erp_sku": erp_sku, "erp_sku_key": sha256(erp_sku), "how": How.MANUAL}
    mapping, _ = connection.mappings.update_or_create(
        sku_key=sha256(store_sku), defaults=by_hand, create_defaults={**by_hand, "sku": store_sku}
    )
    wake(connection.orders.filter(status=StoreOrder.Status.BLOCKED))
    return mapping


@transactional
def unmap(*, connection: Connection, store_sku: str) -> None:
    """Go by the letters of the SKU again. Raises MappingNotFound."""
    connection.lock()
    mapping = connection.mappings.filter(how=How.MANUAL, sku_key=sha256(store_sku)).first()
    if mapping is None:
        raise MappingNotFound
    if mapping.item_key is None:  # the shop never showed it
        mapping.delete()
        return
    mapping.erp_sku, mapping.erp_sku_key, mapping.how = mapping.sku, sha256(mapping.sku), How.AUTOMATIC
    mapping.save(update_fields=["erp_sku", "erp_sku_key", "how"])
