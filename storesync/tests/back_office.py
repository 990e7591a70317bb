"""A row of everything that the back office shows of the store sync."""

from base64 import b64encode

from django.utils import timezone

from core.text.canonical import sha256
from storesync import trace
from storesync.models import Delivery, ErpItem, ErpSale, SkuMapping, StockCache, SyncRun, TraceEvent
from storesync.sales.reading import content_of
from storesync.tests.factories import make_connection, make_erp, make_order, make_sale
from storesync.tests.sales import an_order

# What no page may show.
SECRETS = ("plain-access-token", "plain-refresh-token", "plain-hook-secret", "plain-erp-token")
BUYER = "Ada Buyer"
PROBLEMS = [{"code": "sku_unknown", "message": "Prokip has no product with the SKU own."}]


def store_rows(number=1):
    """A shop with an ERP, a blocked order, a sale, a webhook that was parked, a mapping, stock, a run, a story."""
    now = timezone.now()
    shop = make_connection(
        address=f"shop-{number}.myshopify.com",
        credentials='{"access_token": "plain-access-token", "refresh_token": "plain-refresh-token"}',
        webhook_secret="plain-hook-secret",
        items_read_at=now,
    )
    erp = make_erp(shop.owner, token="plain-erp-token", read_at=now)
    key = sha256("PHONE-A")
    ErpItem.objects.create(
        erp=erp, product_id=1, variation_id=1, sku="PHONE-A", sku_key=key, name="Phone A", stock=9, seen_at=now
    )
    SkuMapping.objects.create(
        connection=shop, sku="own", sku_key=sha256("own"), erp_sku="PHONE-A", erp_sku_key=key, how="manual",
        item_key="1/1", item_id="1", name="Phone",
    )  # fmt: skip
    run = SyncRun.objects.create(
        connection=shop, started_at=now, finished_at=now, read=1, calls=2, error="It was slow."
    )
    StockCache.objects.create(
        connection=shop, sku="PHONE-A", sku_key=key, item_key="1/1", seen=9, seen_at=now, wanted=7, rule="buffer",
        run=run,
    )  # fmt: skip
    trace.note([
        trace.event(TraceEvent.Kind.WRITE, "PHONE-A", owner_id=shop.owner_id, before=9, after=7, connection=shop)
    ])  # fmt: skip
    sold = make_sale(make_order(shop, order_id="sold", status="sent", is_paid=True))
    ErpSale.objects.filter(pk=sold.pk).update(erp_id=5, confirmed_at=now)
    make_order(
        shop, order_id="1", status="blocked", is_paid=True, problems=PROBLEMS, content=content_of(an_order("own"))
    )
    payload = b64encode(f'{{"id": 1, "customer": "{BUYER}"}}'.encode()).decode()
    Delivery.objects.create(
        connection=shop, topic="orders/create", event_key=str(number), status="parked", payload=payload
    )
    return shop
