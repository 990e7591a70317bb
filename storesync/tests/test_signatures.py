"""Signatures of webhooks and callbacks: over bytes, whatever they hold."""

import base64
import hashlib
import hmac
import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storesync.connectors.signatures import callback_hmac, is_signed, signed_callback, webhook_signature
from storesync.tests.bodies import SECRET, raw
from storesync.tests.recorded import FOLDER

FIELDS = {
    "code": "0907a61c0c8d55e99db179b68161bc00",
    "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvZXhhbXBsZQ==",
    "shop": "some-shop.myshopify.com",
    "state": "0.6784241404160823",
    "timestamp": "1337178173",
}


def signature_in(headers, marker):
    """The signature that stands behind `marker` in a file of recorded headers."""
    found = re.search(rf"{marker}[^\n]*?: ?([A-Za-z0-9+/]{{43}}=)", (FOLDER / headers).read_text())
    return found[1]


@pytest.mark.parametrize(
    ("name", "headers", "marker"),
    [
        ("shopify/products-update.raw", "shopify/webhook-headers.txt", "x-shopify-hmac-sha256"),
        ("woocommerce/order-702-gst.raw", "woocommerce/webhook-headers.txt", "order-702-gst.raw.json"),
        ("woocommerce/order-12345-escapes.raw", "woocommerce/webhook-headers.txt", "order-12345-escapes.raw.json"),
    ],
)
def test_recorded_bodies_are_signed_as_their_headers_say(name, headers, marker):
    signature = signature_in(headers, marker)
    assert webhook_signature(raw(name), SECRET) == signature
    assert is_signed(raw(name), signature, SECRET)
    assert not is_signed(raw(name) + b"\n", signature, SECRET)
    assert not is_signed(raw(name).replace(rb"\/", b"/"), signature, SECRET)
    assert not is_signed(raw(name), signature, "another")


@given(st.binary(), st.binary(), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_signature_is_of_these_bytes_and_this_secret(body, other, secret):
    expected = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    assert is_signed(body, expected, secret)
    assert is_signed(other, expected, secret) == (other == body)
    assert not is_signed(body, expected, secret + "x")


@given(st.binary(), st.text())
def test_any_text_may_be_sent_as_a_signature(body, signature):
    assert not is_signed(body, signature, SECRET)


@pytest.mark.parametrize("signature", ["", "é", "\ud800", "A" * 100_000])
def test_nonsense_is_no_signature(signature):
    assert not is_signed(b"{}", signature, SECRET)


def test_an_empty_secret_signs_nothing():
    assert not is_signed(b"{}", webhook_signature(b"{}", ""), "")
    assert signed_callback(urlencode({**FIELDS, "hmac": callback_hmac(FIELDS, "")}), "") is None


def test_the_callbacks_query_is_sorted():
    text = "&".join(f"{name}={FIELDS[name]}" for name in sorted(FIELDS))
    expected = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    assert callback_hmac(dict(reversed(FIELDS.items())), SECRET) == expected
    signed = {**FIELDS, "hmac": expected}
    assert signed_callback(urlencode(signed), SECRET) == signed


def query_of(*changes):
    fields = {**FIELDS, "hmac": callback_hmac(FIELDS, SECRET)}
    return urlencode([*fields.items(), *changes])


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hmac=",
        urlencode(FIELDS),
        urlencode({**FIELDS, "hmac": "0" * 64}),
        urlencode({**FIELDS, "hmac": "\N{ARABIC-INDIC DIGIT ONE}"}),
        query_of(("more", "1")),
        query_of(("shop", "evil.myshopify.com")),
        query_of(("hmac", "0" * 64)),
        query_of().replace("some-shop", "evil-shop"),
        f"shop=evil.myshopify.com&{query_of()}",
        "%ff&" * 20,
    ],
)
def test_a_callback_that_shopify_did_not_sign(query):
    assert signed_callback(query, SECRET) is None


def test_a_callback_has_few_fields():
    fields = {f"a{number}": "" for number in range(50)}
    assert signed_callback(urlencode({**fields, "hmac": callback_hmac(fields, SECRET)}), SECRET) is None


def test_a_value_cannot_pass_for_a_further_field():
    spliced = {"code": "1&shop=evil.myshopify.com", "state": "x"}
    split = {"code": "1", "shop": "evil.myshopify.com", "state": "x"}
    assert callback_hmac(spliced, SECRET) != callback_hmac(split, SECRET)
    assert callback_hmac({"a=b": "c"}, SECRET) != callback_hmac({"a": "b=c"}, SECRET)
    assert callback_hmac({"a": "%26"}, SECRET) != callback_hmac({"a": "&"}, SECRET)


@given(st.text())
def test_any_query_is_read(query):
    assert signed_callback(query, SECRET) is None


texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.dictionaries(texts.filter(lambda name: name != "hmac"), texts, max_size=10))
def test_what_is_signed_is_found_signed(fields):
    signed = {**fields, "hmac": callback_hmac(fields, SECRET)}
    assert signed_callback(urlencode(signed), SECRET) == signed
