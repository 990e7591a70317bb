"""Proving the ledger: each entry, each payment, each thing that was paid for, each closed day, and the gateways."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Concat, TruncDate

from core.money import to_minor
from payments import gateways
from payments.ledger import triggers
from payments.ledger.clearing import amount_text, gateway_off
from payments.models import DayClosing, DisputeMovement, LedgerEntry, LedgerLine, Payment
from payments.models.ledger import Account, AnyAccount, accounts
from payments.sellables import Sellable, registered

# Of one subject (`Payable.holder`) in one currency, what its payments kept, in the smallest unit.
Kept = Mapping[tuple[str, str], int]

MONEY = (Account.CLEARING, Account.CASH)
IN_AND_OUT = ("payment_settled", "refund_settled")


def differences() -> Iterator[str]:
    """Everything in which the ledger is not what it should be, the plainest first."""
    for check in (unguarded, unbalanced, accounts_off, payments_off, disputes_off, things_off, closings_off):
        yield from check()
    for gateway in gateways.in_use():
        yield from gateway_off(gateway)


def unguarded() -> Iterator[str]:
    """Triggers that the database has lost."""
    for name in triggers.missing(connection):
        yield f"the database would let rows be changed: trigger {name} is missing"


def unbalanced() -> Iterator[str]:
    """Entries that do not sum to zero, or have no lines."""
    sums = LedgerEntry.objects.annotate(sum=Sum("lines__amount", default=0), lines_there=Count("lines")).order_by(
        "pk"
    )
    for entry in sums.exclude(sum=0, lines_there__gt=1).iterator():
        total = amount_text(entry.sum, entry.currency)
        yield f"entry {entry.pk} ({entry.key}) sums to {total}, {entry.lines_there} lines"


def accounts_off() -> Iterator[str]:
    """Lines on accounts that no app has registered."""
    lines = LedgerLine.objects.exclude(account__in=[account.value for account in accounts()]).order_by("pk")
    for line in lines.select_related("entry").iterator():
        yield f"entry {line.entry_id} ({line.entry.key}) is booked on {line.account}, which is no account"


def payments_off() -> Iterator[str]:
    """Payments whose money, or whose deposit, is not what their rows say."""
    line, entry = "ledger_entries__lines", "ledger_entries"
    in_and_out = Q(**{f"{line}__account__in": MONEY, f"{entry}__kind__in": IN_AND_OUT})
    has_subject = Case(When(Q(**{f"{entry}__subject__gt": ""}), then=Value(1)), default=Value(0))
    # One query, so that all of it is of one moment, whoever writes meanwhile.
    rows = Payment.objects.only("status", "amount", "refunded_amount", "currency").annotate(
        money=Sum(f"{line}__amount", filter=in_and_out, default=0),
        deposit=Sum(f"{line}__amount", filter=Q(**{f"{line}__account": Account.DEPOSITS}), default=0),
        is_applied=Max(has_subject),
    )
    for payment in rows.order_by("pk").iterator():
        yield from payment_off(payment, payment.money, payment.deposit, is_applied=bool(payment.is_applied))


def payment_off(payment: Payment, money: int, deposit: int, *, is_applied: bool) -> Iterator[str]:
    """What is wrong with one payment, of which `money` and `deposit` are booked."""
    currency = payment.currency
    kept = to_minor(payment.amount - payment.refunded_amount, currency) if payment.is_settled else 0
    if money != kept:
        ours, booked = amount_text(kept, currency), amount_text(money, currency)
        yield f"payment {payment.pk}: it kept {ours}, the books have {booked}"
    if deposit != (0 if is_applied else -kept):
        yield f"payment {payment.pk}: {amount_text(-deposit, currency)} of it lie as a deposit"


def disputes_off() -> Iterator[str]:
    """Money of disputes that the gateway moved, and that was never booked."""
    key = Concat(OuterRef("dispute__gateway"), Value("-dispute:"), OuterRef("movement_id"))
    lines = LedgerLine.objects.filter(entry__key=key, account=Account.CLEARING, amount=OuterRef("amount"))
    for movement in DisputeMovement.objects.exclude(amount=0).exclude(Exists(lines)).order_by("pk").iterator():
        yield f"{movement}: {amount_text(movement.amount, movement.currency)} of a dispute are not booked"


def things_off() -> Iterator[str]:
    """Things that were sold, whose books say something else than their payments kept."""
    for sellable in registered():
        yield from sellable.differences()
        yield from subjects_off(f"{sellable.name}:", (*sellable.accounts, Account.REFUNDS), kept_for(sellable))


def kept_for(sellable: Sellable[Any, Any]) -> Kept:
    """What the counted payments of each of its things kept."""
    kept: Counter[tuple[str, str]] = Counter()
    links = sellable.link._default_manager.filter(payment__status=Payment.Status.SUCCEEDED, counted_at__isnull=False)
    columns = (f"{sellable.name}_id", "payment__amount", "payment__refunded_amount", "payment__currency")
    for pk, amount, refunded, currency in links.order_by("pk").values_list(*columns).iterator():
        kept[f"{sellable.name}:{pk}", currency] += to_minor(amount - refunded, currency)
    return kept


def subjects_off(prefix: str, those: Sequence[AnyAccount], kept: Kept) -> Iterator[str]:
    """Subjects that begin with `prefix`, whose accounts say something else than their payments kept."""
    lines = LedgerLine.objects.filter(entry__subject__startswith=prefix, account__in=those).order_by()
    sums = lines.values_list("entry__subject", "entry__currency").annotate(sum=Sum("amount"))
    booked = {(subject, currency): -amount for subject, currency, amount in sums.iterator()}
    for subject, currency in sorted(booked.keys() | kept.keys()):
        ours, theirs = (figures.get((subject, currency), 0) for figures in (kept, booked))
        if ours != theirs:
            there = amount_text(theirs, currency)
            yield f"{subject}: its payments kept {amount_text(ours, currency)}, its books say {there}"


def closings_off() -> Iterator[str]:
    """Days that were closed with other figures than their entries have."""
    ends: Counter[tuple[str, str]] = Counter()
    moved = daily_sums()
    for closing in DayClosing.objects.order_by("day").iterator():
        for day in sorted(day for day in moved if day <= closing.day):
            ends.update(moved.pop(day))
        written = Counter(
            {
                (currency, account): sums["closing"]
                for currency, figures in closing.figures.items()
                for account, sums in figures["accounts"].items()
            }
        )
        for currency, account in sorted(key for key in ends.keys() | written.keys() if ends[key] != written[key]):
            here, there = (
                amount_text(ends[currency, account], currency),
                amount_text(written[currency, account], currency),
            )
            yield f"{closing}: {account} ended with {here}, and {there} was written down"


def daily_sums() -> dict[date, Counter[tuple[str, str]]]:
    """What each account moved by on each UTC day, by currency and account."""
    rows = LedgerLine.objects.order_by().annotate(day=TruncDate("entry__booked_at", tzinfo=UTC))
    sums: dict[date, Counter[tuple[str, str]]] = {}
    for day, currency, account, amount in rows.values_list("day", "entry__currency", "account").annotate(
        sum=Sum("amount")
    ):
        sums.setdefault(day, Counter())[currency, account] = amount
    return sums
