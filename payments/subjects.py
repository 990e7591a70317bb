"""What payments pay for, as the apps above know it.

Payments knows no orders and no rentals: each app makes its own known in `AppConfig.ready`, for instance
`subjects.register(subject_of)`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from payments.models import Payment


@dataclass(frozen=True)
class Subject:
    """A thing that was paid: how staff call it, its page, and what shows a bank that it was agreed and delivered.

    `evidence` makes a ZIP; `name` is what a file about it is called ("order-5").
    """

    label: str
    name: str
    admin_url: str
    evidence: Callable[[], bytes]


# The thing that the payment pays, or None when it pays something else.
Finder = Callable[[Payment], Subject | None]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """From now on what `finder` knows has a name."""
    _finders.append(finder)


def subject_of(payment: Payment) -> Subject | None:
    """What the payment pays; None when nobody knows."""
    return next((subject for finder in _finders if (subject := finder(payment))), None)
