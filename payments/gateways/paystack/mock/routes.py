"""What the stand-in answers: Paystack's API, the popup, and the control that makes its bad days."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import unquote

from django.conf import settings

from payments.gateways.paystack.mock.memory import Memory, Refused
from payments.gateways.paystack.mock.shapes import Row, refund_event
from payments.gateways.paystack.mock.webhooks import Webhooks

STATUSES = ("success", "failed", "abandoned", "reversed", "ongoing", "pending", "processing", "queued")
NAMES = {
    "transaction": "transactions",
    "refund": "refunds",
    "dispute": "disputes",
    "settlement": "settlements",
}


class Asked(NamedTuple):
    """A request: its verb, its path, and what came with it."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    authorization: str


class Routes:
    """Each method answers one address; the groups of its pattern are its arguments."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.webhooks = memory, Webhooks(memory)
        self.table: list[tuple[str, str, Callable[..., Row]]] = [
            ("GET", r"/transaction/verify/([^/]+)", self.verify),
            ("GET", r"/(transaction|refund|dispute|settlement)", self.list),
            ("GET", r"/(transaction|refund|dispute)/(\d+)", self.fetch),
            ("POST", r"/refund", self.refund),
            ("GET", r"/balance", self.balance),
            ("POST", r"/popup/([^/]+)", self.popup),
            ("GET", r"/control", self.show),
            ("POST", r"/control", self.mood),
            ("POST", r"/control/reset", self.reset),
            ("POST", r"/control/release", self.release),
            ("POST", r"/control/refunds/(\d+)", self.conclude),
            ("POST", r"/control/disputes", self.open_dispute),
            ("POST", r"/control/disputes/(\d+)", self.close_dispute),
            ("POST", r"/control/settlements", self.settle),
        ]

    def answer(self, asked: Asked) -> tuple[int, Row]:
        """Status and body."""
        try:
            return 200, self.found(asked)
        except Refused as refused:
            kind = "validation_error" if refused.status < 500 else "api_error"
            return refused.status, {
                "status": False, "message": refused.message, "type": kind, "code": refused.code,
            }  # fmt: skip

    def found(self, asked: Asked) -> Row:
        """The answer of the address. Raises Refused."""
        if is_api(asked.path) and asked.authorization != f"Bearer {settings.PAYSTACK_SECRET_KEY}":
            raise Refused(401, "Invalid key", "invalid_Key")
        for method, pattern, view in self.table:
            match = re.fullmatch(pattern, asked.path.rstrip("/"))
            if match and method == asked.method:
                return view(asked, *map(unquote, match.groups()))
        raise Refused(404, "Route not found", "unknown")

    # The API.

    def verify(self, asked: Asked, reference: str) -> Row:
        return said("Verification successful", self.memory.transaction(reference))

    def list(self, asked: Asked, name: str) -> Row:
        rows, meta = self.memory.listed(NAMES[name], asked.query)
        return {**said(f"{NAMES[name].capitalize()} retrieved", rows), "meta": meta}

    def fetch(self, asked: Asked, name: str, number: str) -> Row:
        return said(f"{name.capitalize()} retrieved", self.memory.one(NAMES[name], number))

    def balance(self, asked: Asked) -> Row:
        return said("Balances retrieved", [{"currency": "NGN", "balance": self.memory.balance()}])

    def refund(self, asked: Asked) -> Row:
        """The answer shows the transaction whole; lists name it by its id."""
        body = fields(asked.body)
        notes = {name: body[name] for name in ("merchant_note", "customer_note") if isinstance(body.get(name), str)}
        row = self.memory.refund(str(body.get("transaction")), amount=kobo_in(body.get("amount")), **notes)
        self.webhooks.tell_later(f"refund.{row['status']}", refund_event(row))
        of = self.memory.transaction(str(row["transaction"]))
        return said("Refund has been queued for processing", {**row, "transaction": of})

    # The browser.

    def popup(self, asked: Asked, reference: str) -> Row:
        """What a person does in the popup, edited or not."""
        body = fields(asked.body)
        amount, currency = kobo_in(body.get("amount")), body.get("currency", "NGN")
        status = body.get("status", "success")
        if amount is None:
            raise Refused(400, "Amount should be a whole number of kobo")
        if status not in STATUSES or not isinstance(currency, str):
            raise Refused(400, "No such status or currency")
        more = {name: body[name] for name in ("requested_amount", "fees") if name in body}
        if not all(value is None or is_whole(value) for value in more.values()):
            raise Refused(400, "Amounts should be whole numbers of kobo")
        row = self.memory.pay(reference, amount=amount, currency=currency, status=status, **more)
        sent = self.webhooks.tell(f"charge.{status}", row) if body.get("webhook") is True else None
        return {**said("Charge attempted", row), "webhook_status": sent}

    # The control.

    def show(self, asked: Asked) -> Row:
        memory = self.memory
        counts = {name: len(rows) for name, rows in memory.kept.items()}
        return said("State", {"balance": memory.balance(), "calls": memory.calls, **counts})

    def mood(self, asked: Asked) -> Row:
        """`faults` meet the next calls, `refunds` are how the next refunds begin, `deliveries` how events go out."""
        body = fields(asked.body)
        self.memory.faults = list(body.get("faults", self.memory.faults))
        self.memory.refund_states = list(body.get("refunds", self.memory.refund_states))
        self.memory.deliveries = list(body.get("deliveries", self.memory.deliveries))
        return said("Noted", {})

    def reset(self, asked: Asked) -> Row:
        self.memory.forget()
        return said("Forgotten", {})

    def release(self, asked: Asked) -> Row:
        return said("Sent", {"events": self.webhooks.release()})

    def conclude(self, asked: Asked, number: str) -> Row:
        row = self.memory.conclude_refund(number, str(fields(asked.body).get("status", "processed")))
        self.webhooks.tell(f"refund.{row['status']}", refund_event(row))
        return said("Refund updated", row)

    def open_dispute(self, asked: Asked) -> Row:
        body = fields(asked.body)
        row = self.memory.dispute(
            str(body.get("reference")),
            amount=kobo_in(body.get("amount")),
            category=str(body.get("category", "chargeback")),
        )
        self.webhooks.tell("charge.dispute.create", row)
        return said("Dispute opened", row)

    def close_dispute(self, asked: Asked, number: str) -> Row:
        resolution = str(fields(asked.body).get("resolution", "merchant-accepted"))
        row = self.memory.resolve(number, resolution)
        self.webhooks.tell("charge.dispute.resolve", row)
        return said("Dispute successfully resolved", row)

    def settle(self, asked: Asked) -> Row:
        return said("Settled", self.memory.settle())


def said(message: str, data: Any) -> Row:
    """Paystack's envelope."""
    return {"status": True, "message": message, "data": data}


def is_api(path: str) -> bool:
    """Whether Paystack itself has the address; the others stand for the browser, and for whoever tests."""
    return not path.startswith(("/popup/", "/control"))


def fields(body: Any) -> Row:
    """The body. Raises Refused unless it is an object."""
    if not isinstance(body, dict):
        raise Refused(400, "Send a JSON object")
    return body


def is_whole(value: Any) -> bool:
    """A whole number, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def kobo_in(value: Any) -> int | None:
    """An amount, which Paystack takes as a number or a text; None for none. Raises Refused."""
    if value is None or is_whole(value):
        return None if value is None else int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise Refused(400, "Invalid Amount Sent")
