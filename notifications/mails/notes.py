"""What the shop itself notes on a step or a refund, in the reader's language. What a person wrote stays as it is."""

import re

from django.utils.translation import gettext, gettext_noop

# As orders and rentals write them, and call themselves; a number in them may be any.
OF_THE_SHOP = (
    gettext_noop("Payment confirmed, processing order"),
    gettext_noop("Nothing to pay, processing order"),
    gettext_noop("Order cancelled"),
    gettext_noop("Rental cancelled"),
    gettext_noop("Not paid within {} minutes"),
    gettext_noop("Not signed within {} hours"),
    gettext_noop("Order #{}"),
    gettext_noop("Rental #{}"),
    gettext_noop("Order #{} was cancelled"),
    gettext_noop("Order #{} could no longer be paid"),
    gettext_noop("Rental #{} was cancelled"),
    gettext_noop("Rental #{} could no longer take this payment"),
    gettext_noop("A late fee of rental #{} was waived"),
)


def in_words(note: str) -> str:
    """The note in the language that is active; "" for none."""
    plain = re.sub(r"\d+", "{}", note)
    return gettext(plain).format(*re.findall(r"\d+", note)) if plain in OF_THE_SHOP else note
