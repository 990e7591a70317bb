"""Bytes to JSON, and single values of it."""

from decimal import Decimal

import pytest

from storesync import values
from storesync.values import MAX_BYTES, Unreadable, parse


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe{}",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"[" * 1_000_000,
        b"9" * 5000,
        b"1e" + b"9" * 30,
        b'"' + b" " * MAX_BYTES + b'"',
    ],
)
def test_what_is_no_json_is_refused(raw):
    with pytest.raises(Unreadable):
        parse(raw)


def test_numbers_are_exact():
    assert parse(b'{"id": 820982911946154508, "price": 445.535714, "a": 1.10}') == {
        "id": 820982911946154508, "price": Decimal("445.535714"), "a": Decimal("1.10"),
    }  # fmt: skip


def test_escapes_are_undone():
    assert parse(rb'"https:\/\/shop \u20ac \ud83d\udc5f"') == "https://shop € 👟"


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("25", "25"),
        ("-2.92", "-2.92"),
        (0, "0"),
        (Decimal("195.66"), "195.66"),
        (Decimal("1E+2"), "100"),
        (Decimal("26.85950399999999"), "26.859504"),
        ("9999999999.99", "9999999999.99"),
        (Decimal("1E-999999999"), "0"),
        ("10000000000", None),
        (Decimal("1E+999999999"), None),
        (10**4000, None),
        (1.5, None),
        (True, None),
        ("1,50", None),
        ("1_0", None),
        ("\N{ARABIC-INDIC DIGIT ONE}", None),
        ("1e5", None),
        (" 1", None),
        ("1\n", None),
        ("", None),
        (None, None),
        ([], None),
    ],
)
def test_money(value, amount):
    assert values.money(value) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("value", "count"),
    [(3, 3), ("3", 3), (Decimal("3.0"), 3), (-2, -2), (10**9, 10**9), (10**9 + 1, None), (Decimal("0.5"), None)],
)
def test_whole(value, count):
    assert values.whole(value) == count


@pytest.mark.parametrize(
    "value", ["2021-1008T13:54:36", "2021-10-08", "0001-01-01T00:00:00+14:00", "x" * 9999, 7, None]
)
def test_what_is_no_moment(value):
    assert values.moment(value) is None
