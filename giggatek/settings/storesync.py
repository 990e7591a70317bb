"""The store sync: its app at Shopify, and where the stand-ins of the three platforms are."""

from giggatek.settings.base import DEFAULT_SECRETS_ALLOWED, env

# The app that merchants install, as its page at Shopify names it. The stand-in takes these alone.
SHOPIFY_CLIENT_ID = env.str("SHOPIFY_CLIENT_ID", default="") or ("mock-client-id" if DEFAULT_SECRETS_ALLOWED else "")
SHOPIFY_CLIENT_SECRET = env.str("SHOPIFY_CLIENT_SECRET", default="") or (
    "mock-client-secret" if DEFAULT_SECRETS_ALLOWED else ""
)
# `manage.py run_mock_stores` listens there.
MOCK_PROKIP_URL = env.str("MOCK_PROKIP_URL", default="http://localhost:4000").rstrip("/")
MOCK_SHOPIFY_URL = env.str("MOCK_SHOPIFY_URL", default="http://localhost:4001").rstrip("/")
MOCK_WOO_URL = env.str("MOCK_WOO_URL", default="http://localhost:4002").rstrip("/")
