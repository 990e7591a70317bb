"""What the stand-in remembers: transactions, refunds, disputes, settlements, its balance and its moods."""

import itertools
import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.utils import timezone

from payments.gateways.paystack.mock import shapes
from payments.gateways.paystack.mock.shapes import Row

P = ParamSpec("P")
T = TypeVar("T")

LISTS = ("transactions", "refunds", "disputes", "settlements")
REFUND_STATES = ("pending", "processing", "processed", "failed", "needs-attention")


class Refused(Exception):
    """The API's answer to what it does not do."""

    def __init__(self, status: int, message: str, code: str = "invalid_params") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


def locked(method: Callable[Concatenate["Memory", P], T]) -> Callable[Concatenate["Memory", P], T]:
    """One request after the other."""

    @wraps(method)
    def wrapper(memory: "Memory", *args: P.args, **kwargs: P.kwargs) -> T:
        with memory.lock:
            return method(memory, *args, **kwargs)

    return wrapper


class Memory:
    """One account at Paystack. With a `file` it outlives a restart."""

    def __init__(self, file: Path | None = None) -> None:
        self.file, self.lock = file, threading.RLock()
        # As long as no other stand-in was started in the same millisecond, no id ever comes twice.
        self.numbers = itertools.count(time.time_ns() // 1_000_000)
        self.begin()
        if file and file.exists():
            for line in file.read_text().splitlines():
                self.take_in(*json.loads(line))

    def begin(self) -> None:
        """Know nothing."""
        self.kept: dict[str, list[Row]] = {name: [] for name in LISTS}
        self.known: dict[str, Row] = {}
        # What the next calls of the API meet, the next refunds begin as, and the next events suffer.
        self.faults: list[Any] = []
        self.refund_states: list[str] = []
        self.deliveries: list[str] = []
        self.calls: list[str] = []

    @locked
    def forget(self) -> None:
        """Begin anew."""
        self.begin()
        if self.file:
            self.file.unlink(missing_ok=True)

    def take_in(self, name: str, row: Row) -> None:
        """A new row, or another state of one that is there."""
        key = f"{name} {row['id']}"
        if key in self.known:
            self.known[key].update(row)
            return
        self.kept[name].append(row)
        self.known[key] = row
        if name == "transactions":
            self.known[f"reference {row['reference']}"] = row

    def keep(self, name: str, row: Row) -> Row:
        """Take it in, and write it down as one more line."""
        self.take_in(name, row)
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a") as file:
                file.write(json.dumps([name, row]) + "\n")
        return row

    def one(self, name: str, number: Any) -> Row:
        """The row with this id."""
        row = self.known.get(f"{name} {number}")
        if row is None:
            raise Refused(404, f"{name.removesuffix('s').capitalize()} not found", "not_found")
        return row

    def transaction(self, which: str) -> Row:
        """The newest transaction with this reference, or the one with this id."""
        row = self.known.get(f"reference {which}") or self.known.get(f"transactions {which}")
        if row is None:
            raise Refused(400, "Transaction reference not found.", "transaction_not_found")
        return row

    @locked
    def pay(self, reference: str, *, amount: int, currency: str, status: str, **more: Any) -> Row:
        """What the popup does; verifying the reference tells of this from now on."""
        fees = more["fees"] if "fees" in more else shapes.fee_of(amount) if status == "success" else None
        money = {"amount": amount, "currency": currency, "fees": fees}
        money["requested_amount"] = more.get("requested_amount", amount)
        number = next(self.numbers)
        row = shapes.transaction(number=number, reference=reference, status=status, at=now(), **money)
        return self.keep("transactions", row)

    def left_of(self, paid: Row) -> int:
        """What of a transaction was not given back, and is not about to be."""
        theirs = [row for row in self.kept["refunds"] if row["transaction"] == paid["id"]]
        return paid["amount"] - sum(row["amount"] for row in theirs if row["status"] != "failed")

    @locked
    def refund(self, which: str, *, amount: int | None, **notes: str) -> Row:
        """POST /refund: every call is one more, as far as money is left. It is done at once by default."""
        paid = self.transaction(which)
        if paid["status"] != "success":
            raise Refused(400, "Transaction has not been paid.")
        left = self.left_of(paid)
        amount = left if amount is None else amount
        status = self.refund_states.pop(0) if self.refund_states else "processed"
        if left <= 0 or status == "refused":
            raise Refused(400, "Transaction has been fully reversed")
        if not 0 < amount <= left:
            raise Refused(400, "Refund amount cannot be more than the amount that is left")
        number = next(self.numbers)
        return self.keep(
            "refunds", shapes.refund(number=number, of=paid, amount=amount, status=status, at=now(), **notes)
        )

    @locked
    def conclude_refund(self, number: Any, status: str) -> Row:
        """A refund's next state."""
        row = self.one("refunds", number)
        if status not in REFUND_STATES:
            raise Refused(400, "No such state of a refund")
        row.update(status=status, updatedAt=now(), refunded_at=now() if status == "processed" else None)
        return self.keep("refunds", row)

    @locked
    def dispute(self, which: str, *, amount: int | None, category: str) -> Row:
        """A payer's bank asks."""
        paid = self.transaction(which)
        amount = paid["amount"] if amount is None else amount
        number = next(self.numbers)
        row = shapes.dispute(number=number, of=paid, amount=amount, category=category, at=now())
        return self.keep("disputes", row)

    @locked
    def resolve(self, number: Any, resolution: str) -> Row:
        """The dispute ends; accepted, its money goes back by a refund of its own."""
        row = self.one("disputes", number)
        row.update(status="resolved", resolution=resolution, resolvedAt=now(), updatedAt=now())
        if resolution.endswith("accepted"):
            made = shapes.refund(
                number=next(self.numbers),
                of=row["transaction"],
                amount=row["refund_amount"],
                status="processed",
                at=now(),
            )
            self.keep("refunds", {**made, "dispute": row["id"]})
        return self.keep("disputes", row)

    @locked
    def balance(self, currency: str = "NGN") -> int:
        """What the account holds, in kobo."""
        paid = [row for row in self.kept["transactions"] if row["status"] == "success"]
        came = sum(row["amount"] - (row["fees"] or 0) for row in paid if row["currency"] == currency)
        back = [row for row in self.kept["refunds"] if row["status"] == "processed"]
        back_sum = sum(row["amount"] for row in back if row["currency"] == currency)
        out = sum(row["effective_amount"] for row in self.kept["settlements"] if row["currency"] == currency)
        return came - back_sum - out

    @locked
    def settle(self, currency: str = "NGN") -> Row:
        """All of the balance goes to the bank."""
        number, amount = next(self.numbers), self.balance(currency)
        if amount <= 0:
            raise Refused(400, "There is nothing to settle")
        return self.keep("settlements", shapes.settlement(number=number, amount=amount, currency=currency, at=now()))

    @locked
    def listed(self, name: str, query: dict[str, str]) -> tuple[list[Row], Row]:
        """A page of the list, newest first, and what Paystack says beside it."""
        rows = [row for row in reversed(self.kept[name]) if fits(row, query)]
        size = min(max(whole(query.get("perPage"), 50), 1), 100)
        page = max(whole(query.get("page"), 1), 1)
        begin = (page - 1) * size
        meta = {
            "total": len(rows),
            "skipped": begin,
            "perPage": size,
            "page": page,
            "pageCount": -(-len(rows) // size),
        }
        return rows[begin : begin + size], meta


def now() -> str:
    """This moment as Paystack writes it."""
    return timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole(text: str | None, default: int) -> int:
    """The number in a query."""
    return int(text) if text and text.isascii() and text.isdigit() else default


def fits(row: Row, query: dict[str, str]) -> bool:
    """Whether the row is one of those that the query asks for."""
    made = datetime.fromisoformat(row["createdAt"])
    since, until = bound(query, "from"), bound(query, "to")
    of = row.get("transaction")
    charge = of["id"] if isinstance(of, dict) else of
    return (
        (since is None or made >= since)
        and (until is None or made <= until)
        and query.get("status") in (None, row["status"])
        and query.get("transaction") in (None, str(charge))
        and query.get("reference") in (None, row.get("transaction_reference"), row.get("reference"))
        and query.get("currency") in (None, row["currency"])
    )


def bound(query: dict[str, str], name: str) -> datetime | None:
    """A moment or a day, in UTC; None when the query has none."""
    if name not in query:
        return None
    try:
        at = datetime.fromisoformat(query[name])
    except ValueError:
        raise Refused(400, f"Invalid '{name}' date passed") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
