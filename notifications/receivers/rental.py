"""Mails about a rental's life."""

from collections.abc import Callable, Sequence
from typing import Any

from django.dispatch import receiver

from core.signals import rental_checked_in, rental_shipped, status_changed
from notifications import rental_contexts as contexts
from notifications.outbox.attachments import Reference, reference
from notifications.outbox.queueing import queue
from rentals.models import Rental, RentalStatusChange

Status = Rental.Status
Tell = Callable[[Rental, RentalStatusChange], contexts.Context]

# The mail that each step asks for: its kind, what it tells, and the files that go with it.
LETTERS: dict[str, tuple[str, Tell, tuple[str, ...]]] = {
    Status.PENDING: ("rental_contract", contexts.to_sign, ()),
    Status.ACTIVE: ("rental_signed", contexts.signed, ("signed_contract",)),
    Status.COMPLETED: ("rental_completed", contexts.completed, ("ownership",)),
    Status.RETURNED: ("rental_returned", contexts.returned, ()),
    Status.CANCELLED: ("rental_cancelled", contexts.cancelled, ()),
}


@receiver(status_changed, sender=Rental)
def tell_customer(*, subject: Rental, change: RentalStatusChange, **_: Any) -> None:
    """Owe the customer the mail about this step."""
    kind, tell, attached = LETTERS[change.status]
    rental = whole(subject)
    event = f"rental-status:{change.pk}"
    files = [reference(name, rental.pk) for name in attached]
    owe(rental, kind=kind, event=event, context=lambda: tell(rental, change), files=files)


@receiver(rental_shipped, sender=Rental)
def tell_shipped(*, rental: Rental, **_: Any) -> None:
    """Owe the customer the mail that the device is on its way. A rental is shipped once."""
    rental = whole(rental)
    event = f"rental-shipped:{rental.pk}"
    owe(rental, kind="rental_shipped", event=event, context=lambda: contexts.shipped(rental))


@receiver(rental_checked_in, sender=Rental)
def tell_checked_in(*, rental: Rental, **_: Any) -> None:
    """Owe the customer the news that their device is back. A rental is checked in once."""
    rental = whole(rental)
    event = f"rental-checked-in:{rental.pk}"
    owe(rental, kind="rental_checked_in", event=event, context=lambda: contexts.checked_in(rental))


def whole(rental: Rental) -> Rental:
    """The rental as the database has it now: what the signal brings may hold a schedule from before."""
    return Rental.objects.with_schedule().select_related("user", "device").get(pk=rental.pk)


def owe(
    rental: Rental, *, kind: str, event: str, context: Callable[[], contexts.Context], files: Sequence[Reference] = ()
) -> None:
    """Queue a mail to the rental's customer, with these files; `context` is called in the customer's language."""
    queue(
        kind=kind,
        event=event,
        recipient=rental.user.email,
        user=rental.user,
        context=lambda: {**contexts.about(rental), **context()},
        attachments=files,
    )
