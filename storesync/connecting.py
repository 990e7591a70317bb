"""How shops and the ERP are connected: each is asked before it is kept."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from core.db import ROWS_AT_ONCE, transactional
from core.errors import DomainError, InvalidInput
from core.tasks import enqueue
from core.text.canonical import sha256
from storesync.connectors.addresses import (
    InvalidStoreUrl,
    identity_of,
    is_shopify_domain,
    public_address,
    shopify_domain,
)
from storesync.connectors.registry import connector_of
from storesync.connectors.shopify import oauth
from storesync.connectors.signatures import signed_callback
from storesync.connectors.woocommerce.api import credentials_of
from storesync.erp.client import Prokip
from storesync.hooks import make_hooks
from storesync.models import Connection, Consent, ErpConfig, ErpItem, Platform, SkuMapping, StoreOrder
from storesync.models.connection import connection_key
from storesync.sales.working import wake
from storesync.values import identifier
from storesync.wire import CallFailed

WALK_IN = 1  # the contact of an ERP's buyers without a name
CONSENT_LIVES = timedelta(minutes=10)
OLDEST_CALLBACK = timedelta(days=1)
CLOCKS_DIFFER = timedelta(minutes=5)
# Of the shop's connection before, where it was removed.
TAKEN_OVER = ("orders_from", "cursor", "buffer", "max_listed", "locations", "price_sync")


class NotConfigured(DomainError):
    """The hub has no app at Shopify."""

    code = "shopify_not_configured"
    message = "Shopify is not set up here."


class CallbackRefused(DomainError):
    """What came back from Shopify's consent page leads to no connection."""

    code = "callback_refused"


def connect_prokip(
    *,
    user: User,
    token: str,
    location_id: int,
    contact_id: int | None = None,
    address: str | None = None,
    currency: str = "",
) -> ErpConfig:
    """The user's ERP, which answered; another one is replaced. Raises CallFailed, InvalidInput."""
    address = erp_address(address or settings.PROKIP_API)
    prokip = Prokip(address=address, token=token, location_id=location_id)
    found = prokip.check()
    if contact_id and not prokip.has_contact(contact_id):
        raise InvalidInput.at("contactId", "The ERP has no such contact.")
    business_id = next(each.business_id for each in found if each.id == location_id)
    account = f"{identity_of(address)} {business_id or ''}".strip()
    known = {
        "address": address,
        "account": account,
        "token": token,
        "location_id": location_id,
        "contact_id": contact_id or WALK_IN,
    }
    return keep_erp(user, **known, **({"currency": currency} if currency else {}))


def erp_address(address: str) -> str:
    """Raises InvalidInput."""
    try:
        return public_address(address)
    except InvalidStoreUrl:
        raise InvalidInput.at("apiUrl", "Give the ERP's address, such as https://api.prokip.africa.") from None


@transactional
def keep_erp(user: User, **fields: object) -> ErpConfig:
    """What another ERP or location showed is forgotten, and the orders that waited for this one are sent."""
    wake(StoreOrder.objects.filter(connection__owner=user))
    erp, is_new = ErpConfig.objects.select_for_update().get_or_create(owner=user, defaults=fields)
    if is_new:
        return erp
    if (erp.address, erp.location_id) != (fields["address"], fields["location_id"]):
        ErpItem.objects.filter(erp=erp).delete()
        erp.read_at, erp.currency = None, ""
    for name, value in {**fields, "refused_at": None}.items():
        setattr(erp, name, value)
    erp.save()
    return erp


def connect_woocommerce(*, user: User, store_url: str, consumer_key: str, consumer_secret: str) -> Connection:
    """A shop that answered to its keys. By whatever address it is reached, it is one by what it says of itself.

    Raises InvalidStoreUrl, CallFailed.
    """
    credentials = credentials_of(consumer_key, consumer_secret)
    shop = Connection(platform=Platform.WOOCOMMERCE, address=public_address(store_url), credentials=credentials)
    said = connector_of(shop).check()
    shop.identity = identity_of(said.home) or identity_of(shop.address)
    return keep(shop, user)


def ask_consent(*, user: User, store_url: str) -> str:
    """Where the user allows us to speak to a Shopify shop. Raises InvalidStoreUrl, NotConfigured."""
    shop = shopify_domain(store_url)
    if not settings.SHOPIFY_CLIENT_ID or not settings.SHOPIFY_CLIENT_SECRET:
        raise NotConfigured
    state, now = secrets.token_urlsafe(32), timezone.now()
    Consent.objects.filter(owner=user, expires_at__lt=now).delete()
    Consent.objects.create(owner=user, state_digest=sha256(state), shop=shop, expires_at=now + CONSENT_LIVES)
    redirect_uri = settings.REDIRECT_URI or f"{settings.SYNC_PUBLIC_URL}/connections/callback/shopify"
    return oauth.authorize_url(shop, state=state, redirect_uri=redirect_uri)


def connect_shopify(*, query: str) -> Connection:
    """The shop whose merchant came back with this raw query. Raises CallbackRefused, whose text is for the user.

    No secret leaves before signature, age, name and state were found right.
    """
    fields = signed_callback(query, settings.SHOPIFY_CLIENT_SECRET)
    if fields is None or not is_recent(fields.get("timestamp")) or not is_shopify_domain(fields.get("shop", "")):
        raise CallbackRefused("Invalid signature")
    shop = fields["shop"]
    user = redeemed(state=fields.get("state", ""), shop=shop)
    try:
        grant = oauth.exchange(shop, fields.get("code", ""))
        made = Connection(platform=Platform.SHOPIFY, address=shop, identity=shop, credentials=grant.credentials)
        made.scopes, made.expires_at = grant.scopes, grant.expires_at
        connector_of(made).check()
    except CallFailed as error:
        raise CallbackRefused("Failed to exchange authorization code") from error
    return keep(made, user)


def is_recent(timestamp: str | None) -> bool:
    """Whether a moment of Shopify's, in seconds since 1970, is at most a day old."""
    seconds = identifier(timestamp)
    if not seconds:
        return False
    age = timezone.now().timestamp() - int(seconds)
    return -CLOCKS_DIFFER.total_seconds() <= age <= OLDEST_CALLBACK.total_seconds()


def redeemed(*, state: str, shop: str) -> User:
    """Who asked for this consent, once. Raises CallbackRefused."""
    now = timezone.now()
    asked = Consent.objects.filter(state_digest=sha256(state), shop=shop, used_at=None, expires_at__gt=now)
    consent = asked.filter(owner__is_active=True).select_related("owner").first()
    if consent is None or not asked.update(used_at=now):
        raise CallbackRefused("Invalid state")
    return consent.owner


@transactional
def keep(shop: Connection, user: User) -> Connection:
    """Keep a shop that answered; the worker then makes the webhooks.

    One that the user has gets the new credentials and address, and is synced again if it was broken.
    """
    fields = {name: getattr(shop, name) for name in ("address", "credentials", "scopes", "expires_at")}
    key = connection_key(user, shop.platform, shop.identity)
    rename(shop, user, key)
    begun = {"owner": user, "platform": shop.platform, "identity": shop.identity, **fields}
    if shop.platform == Platform.WOOCOMMERCE:
        begun["webhook_secret"] = secrets.token_urlsafe(32)
    kept, is_new = Connection.objects.select_for_update().get_or_create(key=key, defaults=begun)
    if is_new:
        kept.begin(by=user)
        take_over(kept)
    else:
        renew(kept, fields, user)
    enqueue(make_hooks, connection_id=kept.pk)
    return kept


def rename(shop: Connection, user: User, key: str) -> None:
    """Let the connection to this address be the shop that is there now, which may call itself otherwise by now."""
    if Connection.objects.filter(key=key).exists():
        return
    there = Connection.objects.visible_to(user).filter(platform=shop.platform, address=shop.address).first()
    if there:
        Connection.objects.filter(pk=there.pk).update(identity=shop.identity, key=key)


def take_over(kept: Connection) -> None:
    """Know the orders that this shop sold while it was connected before, so that none is sold again, and go on
    where that ended, with the settings and mappings by hand of then: those that it sold since are pulled.
    """
    earlier = Connection.objects.filter(owner=kept.owner_id, platform=kept.platform, identity=kept.identity)
    newest_first = list(earlier.exclude(pk=kept.pk).order_by("-pk"))
    for connection in newest_first:
        known = StoreOrder.objects.filter(connection=kept, order_id__in=connection.orders.values("order_id"))
        ids = list(known.values_list("order_id", flat=True))  # the newest connection that has an order knows best
        connection.orders.exclude(order_id__in=ids).update(connection=kept)
    if newest_first:
        before = newest_first[0]
        for name in TAKEN_OVER:
            setattr(kept, name, getattr(before, name))
        kept.save(update_fields=TAKEN_OVER)
        by_hand = list(before.mappings.filter(how=SkuMapping.How.MANUAL))
        for mapping in by_hand:
            mapping.pk, mapping.connection = None, kept
        SkuMapping.objects.bulk_create(by_hand, batch_size=ROWS_AT_ONCE)


def renew(kept: Connection, fields: dict[str, str | datetime | None], user: User) -> None:
    for name, value in {**fields, "renewing_until": None}.items():
        setattr(kept, name, value)
    kept.save(update_fields=[*fields, "renewing_until"])
    if kept.status == Connection.Status.BROKEN:
        kept.move_to(Connection.Status.ACTIVE, by=user, note="Connected again.")
