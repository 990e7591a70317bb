"""What organizers are paid: entered by admins, with the reference of the bank that carried it out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from core.db import transactional
from core.errors import Conflict, DomainError, InvalidInput, PermissionRefused
from core.money import MAX_AMOUNT, from_minor, to_minor
from core.text import money
from events.accounts import TicketAccount
from events.days import LAGOS, working_days_after
from events.models import Event, Payout
from events.models.order import CURRENCY
from events.money import statements
from events.signals import payout_made
from payments.ledger import Account, book

LONGEST_REFERENCE = 100


class PayoutTooLarge(DomainError):
    """More than what is owed for the event."""

    status = 409
    code = "payout_too_large"


class PayoutTooSoon(DomainError):
    """The working days after the event are not over."""

    status = 409
    code = "payout_too_soon"


class PayoutRepeated(Conflict):
    """A payout with this reference was entered before."""

    code = "payout_repeated"
    message = "A payout with this reference of the bank was entered before."


def record_payout(*, event: Event, amount: Decimal, bank_reference: str, by: Any) -> Payout:
    """Write down and book what the bank carried out to the event's organizer, once for a reference.

    For admins. The event is locked, so that two payouts wait for each other and cannot exceed the balance together.
    Raises PermissionRefused, InvalidInput, PayoutTooSoon, PayoutTooLarge, PayoutRepeated.
    """
    if not by.has_perm("events.add_payout"):
        raise PermissionRefused("Only admins pay out.")
    reference = bank_reference.strip()
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        raise InvalidInput.at("bank_reference", f"1 to {LONGEST_REFERENCE} characters.")
    try:
        return write_payout(event, kobo(amount), reference, by)
    except IntegrityError as error:
        if Payout.objects.filter(bank_reference=reference).exists():
            raise PayoutRepeated from error
        raise


@transactional
def write_payout(event: Event, amount: int, reference: str, by: Any) -> Payout:
    """The payout with its entry, if what is owed for the event allows it."""
    event = Event.objects.select_for_update().get(pk=event.pk)
    refuse_too_soon(event, now=timezone.now())
    if Payout.objects.filter(bank_reference=reference).exists():
        raise PayoutRepeated
    owed = statements.balance_of(event)
    if amount > owed:
        raise PayoutTooLarge(f"Only {money(from_minor(owed, CURRENCY), CURRENCY)} are owed for this event.")
    entry = book(
        key=f"ticket-payout:{reference}",
        kind=statements.PAYOUT,
        lines={TicketAccount.OWED_TO_ORGANIZERS: amount, Account.BANK: -amount},
        currency=CURRENCY,
        subject=f"event:{event.pk}",
        memo=reference,
    )
    assert entry is not None, "an amount above zero is booked"
    payout = Payout.objects.create(
        organizer_id=event.organizer_id,
        event=event,
        amount=from_minor(amount, CURRENCY),
        bank_reference=reference,
        entry=entry,
        paid_by=by,
    )
    payout_made.send(sender=Payout, payout=payout)
    return payout


def kobo(amount: Decimal) -> int:
    """The amount in kobo. Raises InvalidInput for what is no amount above zero."""
    try:
        minor = to_minor(amount, CURRENCY) if 0 < amount <= MAX_AMOUNT else 0
    except (ValueError, ArithmeticError):
        minor = 0
    if not minor:
        raise InvalidInput.at("amount", "An amount above 0, to the kobo.")
    return minor


def payable_from(event: Event) -> date:
    """The first day on which its organizer may be paid: working days after the day on which it ends where it is."""
    return working_days_after(event.ends_at.astimezone(event.zone).date(), settings.EVENTS_PAYOUT_DAYS)


def is_payable(event: Event, *, now: datetime) -> bool:
    """Whether the event is over for so long."""
    return event.ends_at <= now and payable_from(event) <= now.astimezone(LAGOS).date()


def refuse_too_soon(event: Event, *, now: datetime) -> None:
    """Raise PayoutTooSoon before the day on which the organizer may be paid."""
    if not is_payable(event, now=now):
        raise PayoutTooSoon(f"This event can be paid out from {payable_from(event):%d %B %Y}.")
