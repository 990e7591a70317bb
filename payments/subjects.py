"""What payments pay for, as the apps above know it.

Payments knows no orders and no rentals: each app makes its own known in `AppConfig.ready`, for instance
`subjects.register(paid_orders)`.
"""

from collections.abc import Callable, Collection, Mapping
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


# Of the payments with these ids those that pay something of the app's, with what they pay; in one query.
Finder = Callable[[Collection[int]], Mapping[int, Subject]]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """From now on what `finder` knows has a name."""
    _finders.append(finder)


def subjects_of(payment_ids: Collection[int]) -> dict[int, Subject]:
    """What the payments pay, by their ids, in one query for each app; without those of which nobody knows."""
    return {payment_id: subject for finder in _finders for payment_id, subject in finder(payment_ids).items()}


def subject_of(payment: Payment) -> Subject | None:
    """What the payment pays; None when nobody knows."""
    return subjects_of([payment.pk]).get(payment.pk)
