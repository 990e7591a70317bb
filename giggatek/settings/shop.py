"""The shop, its rentals, and the gateways of its payments."""

from giggatek.settings.base import DEMO, SITE_URL, env

# --- Shop

CURRENCY = env.str("CURRENCY", default="USD")
ORDER_HOLD_MINUTES = env.int("ORDER_HOLD_MINUTES", default=60)
ORDER_MAX_QUANTITY = env.int("ORDER_MAX_QUANTITY", default=10)
LOW_STOCK_LEVEL = env.int("LOW_STOCK_LEVEL", default=2)
# The party that contracts and other documents name.
SHOP_NAME = env.str("SHOP_NAME", default="GigGatek")
SHOP_ADDRESS = env.str("SHOP_ADDRESS", default="")

# --- Rentals

RENTAL_BASE_MONTHS = env.int("RENTAL_BASE_MONTHS", default=12)
RENTAL_SIGN_HOURS = env.int("RENTAL_SIGN_HOURS", default=72)
BUYOUT_QUOTE_MINUTES = env.int("BUYOUT_QUOTE_MINUTES", default=1440)
LATE_FEES = env.bool("LATE_FEES", default=False)
# A folder with rule packs of the operator's own; one with the code of a shipped pack replaces it.
RULE_PACKS_DIR = env.path("RULE_PACKS_DIR", default="") if env.str("RULE_PACKS_DIR", default="") else None

# --- Payments: Stripe when a key is set, the built-in sandbox otherwise; Paystack for naira when its key is set

# Gateways that take no new payments; what they took is still reconciled, refunded and reported.
RETIRED_GATEWAYS = env.list("RETIRED_GATEWAYS", default=[])

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")

# The demo pays at the stand-in (`manage.py run_mock_paystack`), unless it is told otherwise.
PAYSTACK_SECRET_KEY = env.str("PAYSTACK_SECRET_KEY", default="") or ("sk_test_demo" if DEMO else "")
PAYSTACK_PUBLIC_KEY = env.str("PAYSTACK_PUBLIC_KEY", default="") or ("pk_test_demo" if DEMO else "")
PAYSTACK_API_BASE = env.str("PAYSTACK_API_BASE", default="") or (
    "http://127.0.0.1:4003" if DEMO else "https://api.paystack.co"
)
# Where the stand-in sends its events.
PAYSTACK_WEBHOOK_URL = env.str("PAYSTACK_WEBHOOK_URL", default="") or (
    f"{SITE_URL}/api/payments/webhook/paystack" if DEMO else ""
)
