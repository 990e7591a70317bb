"""Finding card numbers where none belong: in what people write, and in what the shop would write to its log.

A number counts when a network could have given it out (first digits and length) and its check digit is right.
"""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

# Groups of digits with one mark between two of them, and nothing around them that makes them part of a longer word.
GROUPS = re.compile(r"(?<!\w)(?:%20)*\d+(?:(?:[ +-]|%20)\d+)*(?!\w)")
GROUP = re.compile(r"%20|\d+")
SHORTEST, LONGEST = 14, 19
# First digits and lengths (https://en.wikipedia.org/wiki/Payment_card_number). Telephone numbers have 15 digits at
# most (E.164), and Visa gives out none of 13 any more.
NETWORKS = re.compile(
    r"4(\d{15}|\d{18})"  # Visa
    r"|(5[1-5]|2[2-7])\d{14}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(0[0-5]|[689]\d)\d{11}"  # Diners Club
    r"|35\d{14}"  # JCB
    r"|6(011|4[4-9]\d|5\d\d|2\d\d)\d{12,15}"  # Discover, UnionPay
)


def has_card_number(text: str) -> bool:
    """Whether a card number stands in the text."""
    return next(card_numbers(text), None) is not None


def without_card_numbers(text: str) -> str:
    """The text with each card number covered but for its last four digits, as a receipt shows a card."""
    kept, done = "", 0
    for start, end, number in card_numbers(text):
        kept += f"{text[done:start]}{'*' * (len(number) - 4)}{number[-4:]}"
        done = end
    return kept + text[done:]


def card_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Where card numbers begin and end in the text, and their digits; none overlaps the one before."""
    for run in GROUPS.finditer(text):
        groups = [group for group in GROUP.finditer(text, run.start(), run.end()) if group.group() != "%20"]
        done = 0
        for first, group in enumerate(groups):
            found = card_number(groups[first : first + LONGEST]) if first >= done else None
            if found:
                count, number = found
                done = first + count
                yield group.start(), groups[done - 1].end(), number


def card_number(groups: Sequence[re.Match[str]]) -> tuple[int, str] | None:
    """Of how many of the first groups a card number is made, and its digits; None when they are none."""
    number = ""
    for count, group in enumerate(groups, start=1):
        number += group.group()
        if len(number) > LONGEST:
            return None
        if len(number) >= SHORTEST and NETWORKS.fullmatch(number) and passes_luhn(number):
            return count, number
    return None


def passes_luhn(number: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1)."""
    doubled = [int(digit) * 2 for digit in number[-2::-2]]
    return (sum(map(int, number[-1::-2])) + sum(each // 10 + each % 10 for each in doubled)) % 10 == 0


def json_without_card_numbers(value: Any) -> Any:
    """A JSON value in which card numbers are covered, in keys and in whole numbers, too."""
    if isinstance(value, dict):
        return {without_card_numbers(key): json_without_card_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_without_card_numbers(item) for item in value]
    if isinstance(value, str):
        return without_card_numbers(value)
    return without_card_numbers(str(value)) if type(value) is int and has_card_number(str(value)) else value


def cover_in_log(logger: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: whatever is logged, no card number is."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = without_card_numbers(value)
    return line
