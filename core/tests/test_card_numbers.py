"""Card numbers are found as people write them, and nothing else is taken for one."""

import time

import pytest

from core.text.card_numbers import has_card_number, json_without_card_numbers, without_card_numbers

# Test numbers of the networks (https://docs.stripe.com/testing), and how they are covered.
WRITTEN = {
    "4242424242424242": "************4242",
    "4242 4242 4242 4242": "************4242",
    "4242-4242-4242-4242": "************4242",
    "Card:4242+4242+4242+4242&cvc=1": "Card:************4242&cvc=1",
    "/cards/%204242%204242%204242%204242": "/cards/%20************4242",
    "4242424242424242 12/30 123": "************4242 12/30 123",
    "0151 4242424242424242\nand 5555 5555 5555 4444.": "0151 ************4242\nand ************4444.",
    "5200828282828210": "************8210",
    "2223003122003222": "************3222",
    "3782 822463 10005": "***********0005",
    "3056 9309 0259 04": "**********5904",
    "3566002020360505": "************0505",
    "6011111111111117": "************1117",
    "6200000000000005": "************0005",
    "4000000000000000006": "***************0006",
}
NONE = (
    "", "4242424242424243", "4242 4242 4242 4243", "1234567890123452", "pi_4242424242424242", "x4242424242424242",
    "424242424242424242424242", "+49 151 23456789 01", "2026-11-21T08:02:35.665639Z", "1795500000000",
    "ef2bd700-0d49-412f-86d0-d4eda9233114", "$1,599.99", "4242.4242.4242.4242", "356938035643809",
)  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_a_card_number_is_found_and_covered(text):
    assert has_card_number(text)
    assert without_card_numbers(text) == WRITTEN[text]


@pytest.mark.parametrize("text", NONE)
def test_what_is_none_stays(text):
    assert not has_card_number(text)
    assert without_card_numbers(text) == text


def test_json_is_covered_at_every_depth():
    value = {"a": [{"4242424242424242": 4242424242424242}, "4242 4242 4242 4242", 7, 1.5, None, True]}
    covered = {"a": [{"************4242": "************4242"}, "************4242", 7, 1.5, None, True]}
    assert json_without_card_numbers(value) == covered


def test_long_texts_are_read_quickly():
    begin = time.perf_counter()
    for text in ("4 " * 10_000, "4" * 100_000, "42424242 " * 2_000):
        has_card_number(text)
    assert time.perf_counter() - begin < 3
