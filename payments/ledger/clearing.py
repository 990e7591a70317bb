"""The clearing account beside the gateway's own books, movement by movement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from core.money import from_minor
from core.text import with_currency
from payments.gateways import books_named
from payments.gateways.records import BalanceTransaction, Kind
from payments.ledger.movements import is_bounced, sides_of
from payments.models import DayClosing, LedgerLine, Refund
from payments.models.ledger import Account

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
# For so long a fee may wait for the closing of its day, which books it.
PATIENCE = timedelta(days=3)


@dataclass(frozen=True)
class Booked:
    """What the clearing account moved by for one thing; `begun_at` is from when on the gateway may have moved it."""

    amount: int
    currency: str
    begun_at: datetime


def amount_text(amount: int, currency: str) -> str:
    """An amount of the smallest unit, as people read it."""
    return with_currency(f"{from_minor(amount, currency)}", currency)


def gateway_off(gateway: str) -> Iterator[str]:
    """Where the two differ. Reads all of the gateway's books. Raises GatewayUnavailable, GatewayRefused."""
    ours = booked(gateway)
    since = waiting_since()
    for movement in books_named(gateway).balance_transactions_since(BEGINNING):
        for name, amount in parts(movement):
            one = ours.pop(name, None)
            may_wait = name in listed(movement) and movement.created_at >= since
            if one is None and not may_wait:
                yield f"{name}: {amount_text(amount, movement.currency)} at {gateway}, and nothing is booked"
            elif one is not None and (one.amount, one.currency) != (amount, movement.currency):
                theirs, booked_here = amount_text(amount, movement.currency), amount_text(one.amount, one.currency)
                yield f"{name}: {theirs} at {gateway}, {booked_here} are booked"
    for name, one in ours.items():
        yield f"{name}: {amount_text(one.amount, one.currency)} are booked, and {gateway} knows nothing of it"


def waiting_since() -> datetime:
    """Younger than this, what only the gateway's list tells may still be unbooked: its day is not closed."""
    closed = DayClosing.objects.aggregate(last=Max("day"))["last"]
    patience = timezone.now() - PATIENCE
    return patience if closed is None else max(patience, datetime.combine(closed, time.max, UTC))


def parts(movement: BalanceTransaction) -> list[tuple[str, int]]:
    """What moved the gateway's balance, by the names that `booked` gives it."""
    own = []
    if movement.kind == Kind.CHARGE:
        own = [(f"charge of {movement.intent_id or movement.source_id}", movement.amount)]
    elif movement.kind == Kind.REFUND and not is_bounced(movement):
        own = [(f"refund {movement.source_id}", movement.amount)]
    return own + list(listed(movement).items())


def listed(movement: BalanceTransaction) -> dict[str, int]:
    """The parts of it that are booked from the gateway's list itself."""
    return {f"{kind} {movement.id}": amount for kind, (_, amount) in sides_of(movement).items()}


def booked(gateway: str, among: QuerySet[LedgerLine] | None = None) -> dict[str, Booked]:
    """What the clearing account moved by for the gateway, all of it or what of it is `among` these lines, by name."""
    lines = LedgerLine.objects.all() if among is None else among
    lines = lines.filter(account=Account.CLEARING).order_by()
    lines = lines.filter(Q(entry__payment__gateway=gateway) | Q(entry__key__startswith=f"{gateway}-"))
    refunds = refunds_in(lines)
    rows = lines.values_list(
        *("entry__kind", "entry__key", "amount", "entry__currency", "entry__booked_at"),
        *("entry__payment__intent_id", "entry__payment__created_at"),
    )
    moved = {}
    for kind, key, amount, currency, booked_at, intent_id, opened_at in rows.iterator():
        begun_at = opened_at or booked_at
        name = key.removeprefix(f"{gateway}-").replace(":", " ", 1)
        if kind == "payment_settled":
            name = f"charge of {intent_id}"
        elif kind == "refund_settled":
            name, begun_at = refunds[key]
        moved[name] = Booked(amount, currency, begun_at)
    return moved


def refunds_in(lines: QuerySet[LedgerLine]) -> dict[str, tuple[str, datetime]]:
    """Name and beginning of the refunds that may be among these lines, by the keys of their entries."""
    there = Refund.objects.filter(payment__in=lines.filter(entry__kind="refund_settled").values("entry__payment"))
    rows = there.values_list("pk", "gateway_id", "created_at")
    return {f"refund-settled:{pk}": (f"refund {gateway_id}", at) for pk, gateway_id, at in rows.iterator()}
