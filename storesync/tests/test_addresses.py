"""Addresses of stores: one spelling each, and those that lead elsewhere refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storesync.connectors.addresses import (
    InvalidStoreUrl,
    is_public_address,
    is_shopify_domain,
    shopify_domain,
    woocommerce_address,
)

SHOP = "mystore.myshopify.com"


@pytest.mark.parametrize(
    "store_url",
    [
        "mystore",
        "mystore.myshopify.com",
        "https://mystore.myshopify.com",
        "https://mystore.myshopify.com/",
        "HTTPS://MyStore.MyShopify.Com/",
        "  mystore  ",
        "\tmystore.myshopify.com\n",
        "mystore/",
    ],
)
def test_a_shop_has_one_spelling(store_url):
    assert shopify_domain(store_url) == SHOP


@pytest.mark.parametrize(
    "store_url",
    [
        "",
        " ",
        "-mystore",
        "myshopify.com",
        ".myshopify.com",
        "evil.com",
        "evil.com/x#.myshopify.com",
        "evil.com#.myshopify.com",
        "evil.com?.myshopify.com",
        "evil.com/.myshopify.com",
        "evil.com\\.myshopify.com",
        "mystore.myshopify.com.evil.com",
        "mystore.myshopify.com@evil.com",
        "user@mystore.myshopify.com",
        "https://user:pass@mystore.myshopify.com",
        "https://evil.com@mystore.myshopify.com",
        "mystore.myshopify.com:443",
        "mystore.myshopify.com/admin",
        "mystore.myshopify.com//",
        "mystore.myshopify.com?x=1",
        "mystore.myshopify.com#x",
        "mystore.myshopify.com.",
        "my.store.myshopify.com",
        "my_store.myshopify.com",
        "mystore.myshopify.com\nevil.com",
        "my store",
        "my\tstore",
        "mystore\0",
        "http://mystore.myshopify.com",
        "ftp://mystore.myshopify.com",
        "//mystore.myshopify.com",
        "https://https://mystore.myshopify.com",
        "mystore%2emyshopify.com",
        "mystore。myshopify。com",
        "mystore.myshopify.com\N{FULLWIDTH SOLIDUS}",
        "\N{KELVIN SIGN}ing",
        "m\N{CYRILLIC SMALL LETTER U}store",
        "\u00a0mystore",
        "\ud800mystore",
        "m" * 256,
        "127.0.0.1",
        "[::1]",
        "2130706433.myshopify.com:80",
    ],
)
def test_what_is_no_shop(store_url):
    with pytest.raises(InvalidStoreUrl) as refused:
        shopify_domain(store_url)
    assert set(refused.value.details) == {"storeUrl"}


@given(st.text() | st.from_regex(r"(https://)?[a-zA-Z0-9.@:/#?-]*(\.myshopify\.com)?[/#?@:]?.*"))
def test_whatever_is_typed_is_a_shops_domain_or_refused(store_url):
    try:
        domain = shopify_domain(store_url)
    except InvalidStoreUrl:
        return
    assert is_shopify_domain(domain)
    assert domain.removesuffix(".myshopify.com") in store_url.lower()


@pytest.mark.parametrize(
    ("shop", "is_one"),
    [
        (SHOP, True),
        ("Mystore.myshopify.com", False),
        ("mystore", False),
        (SHOP + "\n", False),
        ("a.b.myshopify.com", False),
        ("", False),
    ],
)
def test_the_domain_that_shopify_sends_is_taken_to_the_letter(shop, is_one):
    assert is_shopify_domain(shop) is is_one


@pytest.mark.parametrize(
    ("store_url", "address"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        ("https://shop.example.com/", "https://shop.example.com"),
        (" HTTPS://Shop.Example.COM// ", "https://shop.example.com"),
        ("https://shop.example.com:443/", "https://shop.example.com"),
        ("https://shop.example.com:8443", "https://shop.example.com:8443"),
        ("https://example.com/Shop/", "https://example.com/Shop"),
        ("https://example.com/a/b-c_d.e~f", "https://example.com/a/b-c_d.e~f"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://8.8.8.8", "https://8.8.8.8"),
        ("https://[2606:4700::1111]:8443/", "https://[2606:4700::1111]:8443"),
    ],
)
def test_a_woo_store_has_one_spelling(store_url, address):
    assert woocommerce_address(store_url) == address


@pytest.mark.parametrize(
    "store_url",
    [
        "",
        "shop.example.com",
        "http://shop.example.com",
        "ftp://shop.example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///shop",
        "https:shop.example.com",
        "//shop.example.com",
        "https://user@shop.example.com",
        "https://user:pass@shop.example.com",
        "https://shop.example.com@evil.com",
        "https://evil.com\\@shop.example.com",
        "https://shop.example.com?x=1",
        "https://shop.example.com?",
        "https://shop.example.com#x",
        "https://shop.example.com#",
        "https://shop.example.com/%2e%2e",
        "https://shop.example.com/../x",
        "https://shop.example.com/a/..",
        "https://shop.example.com/./a",
        "https://shop.example.com/a//b",
        "https://shop.example.com/a;b",
        "https://shop.example.com:0",
        "https://shop.example.com:99999",
        "https://shop.example.com:x",
        "https://shop.example.com.",
        "https://shop..example.com",
        "https://-shop.example.com",
        "https://shop_1.example.com",
        "https://sh op.example.com",
        "https://shop.example.com\r\nHost: evil.com",
        "https://shop.exam\tple.com",
        "https://bücher.example",
        "https://shop.example.com\N{FULLWIDTH SOLIDUS}x",
        "https://localhost",
        "https://intranet",
        "https://127.0.0.1",
        "https://127.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://0x7f.0.0.1",
        "https://0177.0.0.1",
        "https://10.0.0.1",
        "https://172.16.0.1",
        "https://192.168.1.1",
        "https://169.254.169.254",
        "https://100.64.0.1",
        "https://0.0.0.0",
        "https://224.0.0.1",
        "https://255.255.255.255",
        "https://[::1]",
        "https://[::]",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:8.8.8.8]",
        "https://[::127.0.0.1]",
        "https://[64:ff9b::7f00:1]",
        "https://[2002:7f00:1::]",
        "https://[2001:0:1::]",
        "https://[fe80::1]",
        "https://[fc00::1]",
        "https://[fe80::1%25eth0]",
        "https://[2606:4700::1111%25eth0]",
        "https://shop.example.com/a b",
        "https://[::1",
        "https://example.com/" + "a" * 250,
    ],
)
def test_what_is_no_woo_store(store_url):
    with pytest.raises(InvalidStoreUrl):
        woocommerce_address(store_url)


@pytest.mark.parametrize(
    ("store_url", "address"),
    [
        ("http://localhost:4002/", "http://localhost:4002"),
        ("http://LocalHost:80", "http://localhost"),
        ("https://localhost", "https://localhost"),
    ],
)
def test_a_private_host_may_be_plain(store_url, address):
    assert woocommerce_address(store_url, private_hosts={"localhost"}) == address
    assert woocommerce_address(store_url, any_host=True) == address
    with pytest.raises(InvalidStoreUrl):
        woocommerce_address(store_url, private_hosts={"elsewhere"})


@pytest.mark.parametrize(
    "store_url", ["http://", "http://a,b", "ftp://localhost", "http://u@localhost", "http://a b"]
)
def test_a_private_host_is_a_host(store_url):
    with pytest.raises(InvalidStoreUrl):
        woocommerce_address(store_url, any_host=True)


def test_addresses_that_are_no_names_are_private_ones_too():
    assert woocommerce_address("http://127.0.0.1:4002", any_host=True) == "http://127.0.0.1:4002"
    assert woocommerce_address("http://[::1]:4002", private_hosts={"::1"}) == "http://[::1]:4002"


@pytest.mark.parametrize("address", ["", "localhost", "1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"])
def test_what_is_no_public_address(address):
    assert not is_public_address(address)


@given(st.text() | st.from_regex(r"https://[a-zA-Z0-9.@:/#?\[\]-]*.*"))
def test_whatever_is_typed_is_an_address_or_refused(store_url):
    try:
        address = woocommerce_address(store_url)
    except InvalidStoreUrl:
        return
    assert woocommerce_address(address) == address
