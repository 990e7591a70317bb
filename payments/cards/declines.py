"""What to do after a decline, by the code that the gateway gave for it.

The codes are Stripe's (https://docs.stripe.com/declines/codes). Hard are those that Stripe itself does not try
again without another card (https://docs.stripe.com/billing/revenue-recovery/smart-retries), and those where the
first page sends the customer for another card or other card data, or tells of fraud or of a stop.
"""

from enum import Enum


class Decline(Enum):
    """The kinds of decline."""

    HARD = "hard"  # this card will not pay, however often it is asked
    SOFT = "soft"  # another day may do
    AUTHENTICATION = "authentication"  # the bank asks the customer to authenticate


AUTHENTICATION_CODES = frozenset({"authentication_required", "mobile_device_authentication_required"})
NEVER_RETRIED = frozenset(
    {
        "highest_risk_level",
        "incorrect_number",
        "lost_card",
        "pickup_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "transaction_not_allowed",
    }
)
ANOTHER_CARD_NEEDED = frozenset(
    {
        "card_not_supported",
        "currency_not_supported",
        "do_not_try_again",
        "expired_card",
        "fraudulent",
        "incorrect_cvc",
        "invalid_account",
        "invalid_cvc",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "merchant_blacklist",
        "new_account_information_available",
        "not_permitted",
        "pin_try_exceeded",
        "restricted_card",
        "security_violation",
        "service_not_allowed",
        "stop_payment_order",
    }
)


def kind_of(code: str) -> Decline:
    """The kind of a decline code; one that is not known counts as soft."""
    if code in AUTHENTICATION_CODES:
        return Decline.AUTHENTICATION
    return Decline.HARD if code in NEVER_RETRIED | ANOTHER_CARD_NEEDED else Decline.SOFT
