"""Codes: what is ours verifies, and nothing else does."""

import os
from base64 import b64decode, urlsafe_b64encode
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured

from events.gate import codes
from events.gate.codes import Claims

FIRST, SECOND = (urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))
TICKET = SimpleNamespace(pk=2**63 - 1, event_id=7, ticket_type_id=9, generation=65535)
CLAIMS = Claims(ticket_id=2**63 - 1, event_id=7, ticket_type_id=9, generation=65535)


@pytest.fixture(autouse=True)
def keys(settings):
    settings.TICKET_SIGNING_KEYS = [FIRST]


@pytest.fixture
def code():
    return codes.sign(TICKET)


def test_a_code_says_what_it_was_signed_for(code):
    assert codes.verify(code) == CLAIMS
    assert len(code) == codes.LENGTH


def test_a_code_is_read_as_documented(code):
    raw = b64decode(code, b"-_")
    public = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32).public_key()
    public.verify(raw[32:], raw[:32])
    numbers = [int.from_bytes(raw[start:end], "big") for start, end in ((6, 14), (14, 22), (22, 30), (30, 32))]
    assert raw[:2] == b"T1"
    assert numbers == [2**63 - 1, 7, 9, 65535]


def test_the_first_key_signs_and_all_verify(code, settings):
    settings.TICKET_SIGNING_KEYS = [SECOND, FIRST]
    assert codes.verify(code) == CLAIMS
    newer = codes.sign(TICKET)
    settings.TICKET_SIGNING_KEYS = [SECOND]
    assert codes.verify(newer) == CLAIMS
    assert codes.verify(code) is None


def test_no_bit_of_a_code_can_be_changed(code):
    raw = b64decode(code, b"-_")
    for position in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[position // 8] ^= 1 << position % 8
        assert codes.verify(urlsafe_b64encode(bytes(changed)).decode()) is None


def test_a_code_has_one_spelling():
    spelled = (codes.sign(SimpleNamespace(pk=pk, event_id=1, ticket_type_id=1, generation=1)) for pk in range(1, 99))
    code = next(code for code in spelled if "-" in code and "_" in code)
    for other in (
        code.replace("-", "+"),
        code.replace("_", "/"),
        code.swapcase(),
        code + "=",
        code + "\n",
        " " + code,
    ):
        assert codes.verify(other) is None
    assert codes.verify(code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 128,
        "=" * 128,
        "é" * 128,
        "\ud800" * 128,
        "\0" * 128,
        "A" * 10_000_000,
        "https://platng.com/tickets/1",
        urlsafe_b64encode(os.urandom(96)).decode(),
        urlsafe_b64encode(os.urandom(94)).decode(),
    ],
)
def test_what_is_no_code_is_none(text):
    assert codes.verify(text) is None


def test_a_self_made_key_signs_nothing(code):
    raw = b64decode(code, b"-_")
    forged = raw[:32] + Ed25519PrivateKey.generate().sign(raw[:32])
    assert codes.verify(urlsafe_b64encode(forged).decode()) is None


def test_what_our_key_signed_for_something_else_is_no_code():
    other = b"X1" + b64decode(codes.sign(TICKET), b"-_")[2:32]
    key = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    assert codes.verify(urlsafe_b64encode(other + key.sign(other)).decode()) is None


@pytest.mark.parametrize("keys", [[], ["short"], [FIRST, "!" * 44], [FIRST[:-4]]])
def test_bad_keys_are_named(keys, settings):
    settings.TICKET_SIGNING_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="TICKET_SIGNING_KEYS must be"):
        codes.signing_keys()
