"""Writing entries. All of it runs inside the transaction of what is booked."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone

from payments.models import Payment
from payments.models.ledger import AnyAccount, ClosingGate, DayClosing, LedgerEntry, LedgerLine, account_choices


class Unbalanced(Exception):
    """The lines do not sum to zero: a mistake in the program, which must undo what it was to book."""


class UnknownAccount(Exception):
    """No app has registered this account: a mistake in the program, which must undo what it was to book."""


def book(
    *,
    key: str,
    kind: str,
    lines: Mapping[AnyAccount, int],
    currency: str,
    subject: str = "",
    payment: Payment | None = None,
    memo: str = "",
    at: datetime | None = None,
) -> LedgerEntry | None:
    """Book an entry, once for its key; None when it moves nothing.

    `lines` are signed amounts in the currency's smallest unit by account; `at` is when it happened, by default now.
    What happened on a day that is closed is booked now. Raises Unbalanced, UnknownAccount.
    """
    moved = {account: amount for account, amount in lines.items() if amount}
    if sum(moved.values()):
        raise Unbalanced(f"{key}: {moved}")
    if unknown := moved.keys() - dict(account_choices()).keys():
        raise UnknownAccount(f"{key}: {', '.join(sorted(map(str, unknown)))}")
    if not moved:
        return None
    entry = LedgerEntry(
        key=key,
        kind=kind,
        subject=subject,
        payment=payment,
        currency=currency,
        memo=memo[:200],
        booked_at=open_moment(at),
    )
    try:
        with transaction.atomic():
            entry.save()
            LedgerLine.objects.bulk_create(
                LedgerLine(entry=entry, account=account, amount=amount) for account, amount in moved.items()
            )
    except IntegrityError:
        booked = LedgerEntry.objects.filter(key=key).first()
        if booked is None:
            raise
        return booked
    return entry


def open_moment(at: datetime | None) -> datetime:
    """`at`, unless its day is closed: a closing stays true, so that whatever comes later belongs to a later day.

    Asked inside the transaction that books; what has a moment of its own waits for a closing under way.
    """
    now = timezone.now()
    if at is None:
        return now
    wait_at_gate()
    closed = DayClosing.objects.aggregate(last=Max("day"))["last"]
    return at if closed is None or at.astimezone(UTC).date() > closed else now


def wait_at_gate() -> None:
    """Lock the closing of days and the booking into past ones until this transaction ends."""
    gate = ClosingGate.objects.select_for_update().filter(pk=1)
    if gate.first() is None:
        ClosingGate.objects.get_or_create(pk=1)
        gate.get()


def is_booked(key: str) -> bool:
    """Whether an entry of that key is there."""
    return LedgerEntry.objects.filter(key=key).exists()


def balance(account: AnyAccount, *, currency: str, subject: str = "") -> int:
    """What stands on an account, in the currency's smallest unit; with a `subject`, what of it is booked for that."""
    lines = LedgerLine.objects.filter(account=account, entry__currency=currency)
    if subject:
        lines = lines.filter(entry__subject=subject)
    return lines.aggregate(sum=Sum("amount"))["sum"] or 0
