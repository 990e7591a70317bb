"""What the gateway alone decides: its fees, what it takes for disputes and gives back, what it pays out.

And money of a refund that no bank took: it is at the gateway again, and owed to the customer.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from core.db import transactional
from payments.gateways import books_named
from payments.gateways.records import BalanceTransaction, Kind
from payments.ledger.booking import book
from payments.models import LedgerEntry, Payment
from payments.models.ledger import Account

# Which account stands against the clearing account. Charges and refunds were booked when they settled.
AGAINST = {Kind.DISPUTE: Account.DISPUTES, Kind.OTHER: Account.BANK}
FEE, BOUNCE = "fee", "bounce"
CHUNK = 500

Sides = dict[str, tuple[Account, int]]


def book_movements(*, gateway: str, since: datetime, until: datetime) -> int:
    """Book fees, disputes and payouts from `since` up to `until`, each once; how many movements there were.

    Outside of transactions. Raises GatewayUnavailable, GatewayRefused; what was booked by then stays.
    """
    movements = (one for one in books_named(gateway).balance_transactions_since(since) if one.created_at < until)
    return sum(book_chunk(gateway, chunk) for chunk in chunks(movements))


def chunks(movements: Iterable[BalanceTransaction]) -> Iterator[list[BalanceTransaction]]:
    """The movements, some at a time."""
    rest = iter(movements)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def book_chunk(gateway: str, chunk: list[BalanceTransaction]) -> int:
    """Book what is new of them; how many they are."""
    keys = [key_of(gateway, kind, one.id) for one in chunk for kind in sides_of(one)]
    known = set(LedgerEntry.objects.filter(key__in=keys).values_list("key", flat=True))
    intents = {one.intent_id for one in chunk if one.intent_id}
    payments = {one.intent_id: one for one in Payment.objects.filter(gateway=gateway, intent_id__in=intents)}
    for one in chunk:
        if any(key_of(gateway, kind, one.id) not in known for kind in sides_of(one)):
            book_movement(gateway=gateway, movement=one, payment=payments.get(one.intent_id), at=one.created_at)
    return len(chunk)


@transactional
def book_movement(
    *, gateway: str, movement: BalanceTransaction, payment: Payment | None, at: datetime | None = None
) -> None:
    """Book what the movement has beside a charge or refund, once, whoever tells of it."""
    for kind, (against, amount) in sides_of(movement).items():
        book(
            key=key_of(gateway, kind, movement.id),
            kind=f"gateway_{kind}",
            lines={Account.CLEARING: amount, against: -amount},
            currency=movement.currency,
            payment=payment,
            memo=movement.source_id,
            at=at,
        )


def sides_of(movement: BalanceTransaction) -> Sides:
    """What is booked of it by kind: the account that stands against the clearing account, and what that moves by."""
    sides = {FEE: (Account.GATEWAY_FEES, -movement.fee)} if movement.fee else {}
    if movement.kind in AGAINST and movement.amount:
        sides[movement.kind.value] = (AGAINST[movement.kind], movement.amount)
    if is_bounced(movement):
        sides[BOUNCE] = (Account.RECEIVABLES, movement.amount)
    return sides


def is_bounced(movement: BalanceTransaction) -> bool:
    """Whether it is the money of a refund that came back: https://docs.stripe.com/refunds#failed-refunds."""
    return movement.kind == Kind.REFUND and movement.amount > 0


def key_of(gateway: str, kind: str, movement_id: str) -> str:
    """The key of the entry that books this side of a movement."""
    return f"{gateway}-{kind}:{movement_id}"
