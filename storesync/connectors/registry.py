"""Which connector speaks to which platform."""

from storesync.connectors.base import Connector
from storesync.connectors.catalogue import CatalogueConnector
from storesync.connectors.shopify.connector import ShopifyConnector
from storesync.connectors.woocommerce.connector import WooCommerceConnector
from storesync.models import Connection, Platform
from storesync.wire import RefusedCredentials

CONNECTORS: dict[str, type[Connector]] = {
    Platform.SHOPIFY: ShopifyConnector,
    Platform.WOOCOMMERCE: WooCommerceConnector,
    Platform.GIGGATEK: CatalogueConnector,
}


def connector_of(connection: Connection, *, patience: float = 60, ends_at: float | None = None) -> Connector:
    """Speaks to the connection's shop.

    `patience` is how many seconds a call may wait for its turn; none begins after `ends_at` (`time.monotonic()`).
    Raises RefusedCredentials for one that is broken.
    """
    if connection.status == Connection.Status.BROKEN:
        raise RefusedCredentials
    return CONNECTORS[connection.platform](connection, patience=patience, ends_at=ends_at)
