"""The store sync of the world: a user of the hub, and connected shops."""

from uuid import uuid4

from django.utils import timezone

from accounts.tests.factories import PASSWORD
from core.text.canonical import sha256
from storesync.models import Connection, ErpItem, Operator, SkuMapping
from storesync.models.operator import username_key
from storesync.tests.factories import make_connection, make_erp, make_order
from storesync.tests.hooks import shopify_hook, woo_hook

PROBLEMS = [{"code": "sku_unknown", "message": "The ERP does not have CABLE-C."}]


def build_stores(world):
    """The owner has a name at the hub, and a shop; the other customer has the same shop, so that it could leak."""
    world.operator = Operator.objects.create(user=world.owner, username="Ada", username_key=username_key("Ada"))
    world.store, world.others_store = (make_connection(owner=user) for user in (world.owner, world.other))
    woo = {"platform": "woocommerce", "address": "https://shop.example.com", "webhook_secret": "hook-secret"}
    make_connection(owner=world.owner, **woo)
    build_set_up(world)
    stuck = [make_order(store, status="blocked", problems=PROBLEMS) for store in (world.store, world.others_store)]
    world.trouble = f"order-{stuck[0].pk}"


def build_set_up(world):
    """Both have an ERP and a mapping; all was read just now, so that set-up asks nobody."""
    now = timezone.now()
    for shop in (world.store, world.others_store):
        erp = make_erp(shop.owner, read_at=now)
        sku = f"SKU-{shop.pk}"
        ErpItem.objects.create(erp=erp, product_id=1, variation_id=1, sku=sku, sku_key=sha256(sku), seen_at=now)
        keys = {"sku_key": sha256("own"), "erp_sku_key": sha256(sku), "item_key": "1/1"}
        SkuMapping.objects.create(connection=shop, sku="own", erp_sku=sku, how="manual", **keys)
    Connection.objects.update(items_read_at=now)


def store_bodies(world):
    """Bodies by the names that the table of routes has for them."""
    return {
        "new-operator": {"username": uuid4().hex, "password": PASSWORD},
        "operator": {"username": "ada", "password": PASSWORD},
        "sync-settings": {"syncEnabled": False, "buffer": 1, "locations": []},
        "which-store": {"connectionId": world.store.pk},
        "erp": {"token": "x", "locationId": "1"},
        "push": {"method": "push", "connectionId": world.store.pk, "dryRun": True},
        "mapping": {"connectionId": world.store.pk, "storeSku": "own", "prokipSku": f"SKU-{world.store.pk}"},
        "shopify": {"storeUrl": "mystore"},
        "woo": {"storeUrl": "https://new.example.com", "consumerKey": "ck_1", "consumerSecret": "cs_1"},
        "shopify-event": shopify_hook(),
        "forged-shopify-event": shopify_hook(Hmac_Sha256="x"),
        "woo-event": woo_hook(),
        "forged-woo-event": woo_hook(secret="another"),
    }
