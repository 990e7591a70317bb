"""The store sync: its API, its app at Shopify, and where the stand-ins of the three platforms are."""

from datetime import timedelta

from giggatek.settings.base import DEFAULT_SECRETS_ALLOWED, DEMO, SITE_URL, env

SYNC_OPEN_REGISTRATION = env.bool("SYNC_OPEN_REGISTRATION", default=True)
SYNC_TOKEN_LIFETIME = timedelta(hours=8)
SYNC_THROTTLE_USER = env.str("SYNC_THROTTLE_USER", default="300/min")
SYNC_THROTTLE_ANON = env.str("SYNC_THROTTLE_ANON", default="30/min")
SYNC_MAX_BODY = env.int("SYNC_MAX_BODY", default=262_144)
# What the contract has for webhooks; DATA_UPLOAD_MAX_MEMORY_SIZE lets no more through.
SYNC_MAX_WEBHOOK = 5 * 1024 * 1024
SYNC_CORS_ORIGINS = env.list("SYNC_CORS_ORIGINS", default=[])
# How often shops are synced. After how many days what their webhooks said is forgotten, runs are, and what happened
# to a SKU and that a webhook came.
SYNC_MINUTES = env.int("SYNC_MINUTES", default=5)
SYNC_PAYLOAD_DAYS = env.int("SYNC_PAYLOAD_DAYS", default=30)
SYNC_RUN_DAYS = env.int("SYNC_RUN_DAYS", default=90)
SYNC_TRACE_DAYS = env.int("SYNC_TRACE_DAYS", default=400)
# Where its web client is: the way over Shopify's consent ends there.
SYNC_FRONTEND_URL = env.str("SYNC_FRONTEND_URL", default="/")
# Where shops reach the hub; the two addresses below follow from it unless they are set.
SYNC_PUBLIC_URL = (env.str("SYNC_PUBLIC_URL", default="") or f"{SITE_URL}/sync-hub").rstrip("/")
# Where Shopify leads a merchant after the consent, and where it reports.
REDIRECT_URI = env.str("REDIRECT_URI", default="")
WEBHOOK_URL = env.str("WEBHOOK_URL", default="")
# For webhooks of WooCommerce that were made by hand; those that we make have a secret of their connection.
WOO_WEBHOOK_SECRET = env.str("WOO_WEBHOOK_SECRET", default="")
# The app that merchants install, as its page at Shopify names it. The stand-in takes these alone.
SHOPIFY_CLIENT_ID = env.str("SHOPIFY_CLIENT_ID", default="") or ("mock-client-id" if DEFAULT_SECRETS_ALLOWED else "")
SHOPIFY_CLIENT_SECRET = env.str("SHOPIFY_CLIENT_SECRET", default="") or (
    "mock-client-secret" if DEFAULT_SECRETS_ALLOWED else ""
)
# What it asks of a merchant, and the version of Shopify's API that it speaks.
SHOPIFY_SCOPES = env.list(
    "SHOPIFY_SCOPES",
    default=[
        "read_products",
        "write_products",
        "read_inventory",
        "write_inventory",
        "read_locations",
        "read_orders",
        "write_orders",
    ],
)
SHOPIFY_API_VERSION = env.str("SHOPIFY_API_VERSION", default="2026-10")
PROKIP_API = env.str("PROKIP_API", default="https://api.prokip.africa").rstrip("/")
# Hosts of shops and ERPs in our own network: they may have private addresses, and plain http.
SYNC_PRIVATE_HOSTS = env.list("SYNC_PRIVATE_HOSTS", default=[])
# Sends every call to the stand-ins, paths unchanged.
MOCK_MODE = env.bool("MOCK_MODE", default=DEMO)
# `manage.py run_mock_stores` listens there.
MOCK_PROKIP_URL = env.str("MOCK_PROKIP_URL", default="http://localhost:4000").rstrip("/")
MOCK_SHOPIFY_URL = env.str("MOCK_SHOPIFY_URL", default="http://localhost:4001").rstrip("/")
MOCK_WOO_URL = env.str("MOCK_WOO_URL", default="http://localhost:4002").rstrip("/")
