"""The sandbox's test cards: Stripe's own numbers (https://docs.stripe.com/testing), by what becomes of them.

A number is mapped to a name at once and kept nowhere.
"""

from dataclasses import dataclass

from core.errors import DomainError

DECLINE_MESSAGE = "Your card was declined."
MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}
# What Stripe's `code` says itself; every other reason is the `decline_code` of a `card_declined`.
OWN_CODES = frozenset({"card_declined", "expired_card", "authentication_required"})
EXPIRES = (12, 2040)


@dataclass(frozen=True)
class TestCard:
    """A card by what becomes of it: declined with `failure_code`, or its bank `asks` the customer, or good.

    One that does not `attach` cannot be saved; one that `disputes` pays, and then asks its bank for the money back.
    """

    name: str
    last4: str
    failure_code: str = ""
    asks: bool = False
    attaches: bool = True
    disputes: bool = False


SUCCESS, DECLINED, AUTHENTICATE = "4242424242424242", "4000000000000002", "4000002500003155"
DISPUTED = "4000000000000259"
CARDS = {
    SUCCESS: TestCard("visa", "4242"),
    DECLINED: TestCard("visa_declined", "0002", "card_declined", attaches=False),
    "4000000000000341": TestCard("visa_declined_later", "0341", "generic_decline"),
    "4000000000009995": TestCard("visa_without_funds", "9995", "insufficient_funds"),
    "4000000000009987": TestCard("visa_lost", "9987", "lost_card"),
    "4000000000000069": TestCard("visa_expired", "0069", "expired_card"),
    AUTHENTICATE: TestCard("visa_that_asks", "3155", asks=True),
    "4000002760003184": TestCard("visa_that_always_asks", "3184", asks=True),
    DISPUTED: TestCard("visa_that_disputes", "0259", disputes=True),
}
BY_NAME = {card.name: card for card in CARDS.values()}


class UnknownCard(DomainError):
    """The sandbox knows only its test cards; a real number has no business here."""

    code = "unknown_test_card"
    message = f"card: use one of the test cards {', '.join(CARDS)}."


def card_of(number: str) -> TestCard:
    """The test card of this number. Raises UnknownCard, which does not repeat the number."""
    if number not in CARDS:
        raise UnknownCard
    return CARDS[number]


def error_of(failure_code: str) -> dict[str, str] | None:
    """A decline in Stripe's shape; None when there was none."""
    if not failure_code:
        return None
    code = failure_code if failure_code in OWN_CODES else "card_declined"
    return {"code": code, "decline_code": failure_code, "message": MESSAGES.get(failure_code, DECLINE_MESSAGE)}
