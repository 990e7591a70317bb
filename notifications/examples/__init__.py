"""A context for every kind of mail, as the receivers make it: to look at the mails and to test them.

Each is made in the language that is active, as in a real mail. Variants are further ones, for the sentences that a
mail has only at times.
"""

from collections.abc import Callable

from notifications.examples import account, orders, rental_money, rentals, staff
from notifications.outbox.queueing import Context

EXAMPLES: dict[str, Callable[[], Context]] = {
    **account.EXAMPLES,
    **orders.EXAMPLES,
    **rentals.EXAMPLES,
    **rental_money.EXAMPLES,
    **staff.EXAMPLES,
}
# By name: the kind, and what is different.
VARIANTS: dict[str, tuple[str, Callable[[], Context]]] = {
    **account.VARIANTS,
    **orders.VARIANTS,
    **rentals.VARIANTS,
    **rental_money.VARIANTS,
    **staff.VARIANTS,
}


def example(kind: str) -> Context:
    """The context of that kind."""
    return EXAMPLES[kind]()


def variant(name: str) -> tuple[str, Context]:
    """A variant's kind and whole context."""
    kind, changes = VARIANTS[name]
    return kind, {**example(kind), **changes()}
