"""Where a store is: one spelling of its address, and nothing that leads elsewhere. No name is resolved here."""

import ipaddress
import re
from collections.abc import Container
from urllib.parse import urlsplit

from django.conf import settings

from core.errors import InvalidInput

MAX_LENGTH = 255
BLANKS = " \t\r\n"
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # of IPv6, all else is private, mapped or translated
SHOP = re.compile(r"(?:https://)?([a-z0-9][a-z0-9-]*)(?:\.myshopify\.com)?/?")
SHOP_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter, so that 127.1, 0x7f.0x1 and 2130706433, which are addresses, too, are no names.
PUBLIC_NAME = re.compile(rf"(?:{LABEL}\.)+(?=[a-z]){LABEL}")
PRIVATE_NAME = re.compile(rf"(?:{LABEL}\.)*{LABEL}")
PATH = re.compile(r"(?:/(?!\.\.?(?:/|\Z))[A-Za-z0-9._~-]+)*")
PLAIN_HTTP = re.compile(r"http://([^/]*?)(?::80)?(?=/|\Z)", re.IGNORECASE)


class InvalidStoreUrl(InvalidInput):
    """An address that no store has, or that we do not call."""


def shopify_domain(store_url: str) -> str:
    """`mystore.myshopify.com` of a shop's name or address; `InvalidStoreUrl` for whatever is more than that."""
    shop = SHOP.fullmatch(store_url.strip(BLANKS).lower()) if _is_plain(store_url) else None
    if not shop:
        raise InvalidStoreUrl.at("storeUrl", "Give the shop's name or its address, such as mystore.myshopify.com.")
    return f"{shop[1]}.myshopify.com"


def is_shopify_domain(shop: str) -> bool:
    """Whether it is a shop's domain as Shopify writes it, to the letter."""
    return SHOP_DOMAIN.fullmatch(shop) is not None


def woocommerce_address(store_url: str, *, private_hosts: Container[str] = (), any_host: bool = False) -> str:
    """`https://shop.example.com/path`: lower case up to the path, no default port, no trailing slash.

    `private_hosts`, or with `any_host` all of them, may use plain http and need not be public. `InvalidStoreUrl`
    for user parts, queries, fragments, other schemes, and hosts that are not public by what they are called.
    """
    refused = InvalidStoreUrl.at("storeUrl", "Give the store's address, such as https://shop.example.com.")
    if not _is_plain(store_url) or any(sign in store_url for sign in "@?#%"):
        raise refused
    try:
        parts = urlsplit(store_url.strip(BLANKS))
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise refused from error
    is_private = any_host or host in private_hosts
    schemes = {"https": 443, "http": 80} if is_private else {"https": 443}
    path = parts.path.rstrip("/")
    if parts.scheme not in schemes or port == 0 or not _is_host(host, is_private) or not PATH.fullmatch(path):
        raise refused
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{'' if port in (None, schemes[parts.scheme]) else f':{port}'}{path}"


def public_address(address: str) -> str:
    """The one spelling of an address that we may call. Raises InvalidStoreUrl."""
    return woocommerce_address(address, private_hosts=settings.SYNC_PRIVATE_HOSTS, any_host=settings.MOCK_MODE)


def identity_of(address: str) -> str:
    """What all spellings of a shop's address share, as `shop.example.com/path`; "" for what is none.

    It has no scheme, since WordPress behind a proxy says http of itself, and no `www.`.
    """
    try:
        secure = public_address(PLAIN_HTTP.sub(r"https://\1", address.strip(BLANKS)))
    except InvalidStoreUrl:
        return ""
    return secure.removeprefix("https://").removeprefix("www.")


def is_public_address(address: str) -> bool:
    """Whether an IP address, as a name resolved to it, leads into the public network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        tunnelled = ip.sixtofour
        return ip in GLOBAL_UNICAST and ip.is_global and (tunnelled is None or is_public_address(str(tunnelled)))
    return ip.is_global and not ip.is_multicast


def _is_host(host: str, is_private: bool) -> bool:
    if is_private:
        return ":" in host or PRIVATE_NAME.fullmatch(host) is not None
    return is_public_address(host) or PUBLIC_NAME.fullmatch(host) is not None


def _is_plain(store_url: str) -> bool:
    """Short, in ASCII, and without tabs and line ends inside, which `urlsplit` drops."""
    inner = store_url.strip(BLANKS)
    return len(inner) <= MAX_LENGTH and inner.isascii() and inner.isprintable()
