"""The box office: holds, fees, payouts, codes, and where its web client is."""

from decimal import Decimal

from giggatek.settings.base import DEFAULT_SECRETS_ALLOWED, env

# How long an unpaid order holds its places.
EVENT_HOLD_MINUTES = env.int("EVENT_HOLD_MINUTES", default=15)
# The gateway that takes money for tickets; one that mints its references without a call.
EVENTS_GATEWAY = env.str("EVENTS_GATEWAY", default="paystack")
# Our share of each paid ticket: percent of its price, and Naira.
EVENTS_FEE_PERCENT = Decimal(env.str("EVENTS_FEE_PERCENT", default="2.9"))
EVENTS_FEE_FIXED = Decimal(env.str("EVENTS_FEE_FIXED", default="100"))
# Working days after an event until its organizer may be paid.
EVENTS_PAYOUT_DAYS = env.int("EVENTS_PAYOUT_DAYS", default=2)
# Its name and sender in mails (the shop's where there is none), and the party on its invoices.
EVENTS_BRAND_NAME = env.str("EVENTS_BRAND_NAME", default="PlatNG")
EVENTS_FROM_EMAIL = env.str("EVENTS_FROM_EMAIL", default="")
EVENTS_SELLER_NAME = env.str("EVENTS_SELLER_NAME", default=EVENTS_BRAND_NAME)
EVENTS_SELLER_ADDRESS = env.str("EVENTS_SELLER_ADDRESS", default="")
EVENTS_FRONTEND_URL = env.str("EVENTS_FRONTEND_URL", default="http://localhost:3000").rstrip("/")
# Hosts from which pictures may come; `*.` stands for any host below.
EVENTS_IMAGE_HOSTS = env.list(
    "EVENTS_IMAGE_HOSTS", default=["cdn.platng.com", "*.amazonaws.com", "images.unsplash.com"]
)
# Seeds of Ed25519 with which tickets are signed, comma separated: the first signs, all verify. As with
# ENCRYPTION_KEYS there is no default where real secrets are in use.
DEFAULT_TICKET_SIGNING_KEY = "aW5zZWN1cmUtZGVtby1rZXktb2YtdGhlLXRpY2tldHM="
DEMO_TICKET_KEYS = [DEFAULT_TICKET_SIGNING_KEY] if DEFAULT_SECRETS_ALLOWED else []
TICKET_SIGNING_KEYS = [key.strip() for key in env.list("TICKET_SIGNING_KEYS", default=DEMO_TICKET_KEYS)]
