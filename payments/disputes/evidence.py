"""What a bank is shown that asks about a payment: one ZIP, the same bytes each time, with no card number in it.

What was agreed and delivered the thing's `Sellable` says; here is what all of them share.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.api.fields import utc
from core.states import StatusChange
from core.text.canonical import sha256
from core.text.card_numbers import without_card_numbers
from payments.invoices.services import document_of
from payments.models import Dispute, Invoice, Payment, Refund
from payments.payables import Payable
from payments.sellables import sellable_of

FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can hold: when it was made is left out
UNIX, READABLE = 3, 0o100644 << 16


def evidence_file(thing: Payable | None) -> tuple[str, bytes]:
    """Name and bytes of a ZIP about a thing that was paid. As long as nothing happens to it, the same bytes."""
    assert thing is not None  # the button is not offered otherwise
    sellable = sellable_of(thing)
    links = thing.payment_links.select_related("payment").order_by("pk")
    paid = [{**payment_facts(link.payment), **sellable.payment_facts(link)} for link in links]
    facts = {**sellable.facts(thing), "payments.json": paid}
    files = {name: readable(content) for name, content in facts.items()}
    content = bundle({**files, **sellable.files(thing), **invoice_files(thing.holder)})
    return f"{thing.NAME}-{thing.pk}-evidence.zip", content


def bundle(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of the files by name, and `SHA256SUMS` as `sha256sum --check` reads it. Nothing in it tells the time."""
    sums = "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files))
    whole = {**files, "SHA256SUMS": sums.encode()}
    made = io.BytesIO()
    # Stored and not packed: what packing makes of bytes differs between versions of zlib.
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(name, FIRST_MOMENT)
            entry.create_system, entry.external_attr = UNIX, READABLE
            archive.writestr(entry, whole[name])
    return made.getvalue()


def readable(value: Any) -> bytes:
    """JSON for people: indented, keys in order, amounts as they are written, moments in UTC."""
    return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=spelled) + "\n").encode()


def spelled(value: Any) -> str | None:
    """A value that JSON does not know."""
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} is no evidence.")


def customer_facts(user: Any) -> dict[str, Any]:
    """Who bought."""
    return {"id": user.pk, "name": str(user), "email": user.email, "phone": user.phone, "since": user.date_joined}


def history_facts(changes: Iterable[StatusChange]) -> list[dict[str, Any]]:
    """The steps of its life, the oldest first."""
    steps = sorted(changes, key=lambda change: change.pk)
    return [step_facts(step) for step in steps]


def step_facts(step: StatusChange) -> dict[str, Any]:
    """One of them. Whatever was typed into its notes, the bank sees no card number."""
    return {
        "status": step.status,
        "at": step.created_at,
        "by": step.created_by,
        "notes": without_card_numbers(step.notes),
    }


def payment_facts(payment: Payment) -> dict[str, Any]:
    """A payment with what went back of it and what is disputed."""
    return {
        "id": payment.pk,
        "amount": payment.amount,
        "currency": payment.currency,
        "gateway": payment.gateway,
        "intent": payment.intent_id,
        "charge": payment.charge_id,
        "status": payment.status,
        "failure": payment.failure_message,
        "begun_at": payment.created_at,
        "settled_at": payment.settled_at,
        "refunds": [refund_facts(refund) for refund in payment.refunds.order_by("pk")],
        "disputes": [dispute_facts(dispute) for dispute in payment.disputes.order_by("pk")],
    }


def refund_facts(refund: Refund) -> dict[str, Any]:
    """Money that went back, or should."""
    return {
        "id": refund.pk,
        "amount": refund.amount,
        "reason": refund.reason,
        "status": refund.status,
        "gateway_id": refund.gateway_id,
        "asked_at": refund.created_at,
        "settled_at": refund.settled_at,
    }


def dispute_facts(dispute: Dispute) -> dict[str, Any]:
    """What the bank says."""
    return {
        "id": dispute.dispute_id,
        "amount": dispute.amount,
        "currency": dispute.currency,
        "reason": dispute.reason,
        "status": dispute.status,
        "opened_at": dispute.opened_at,
        "evidence_due_at": dispute.evidence_due_at,
    }


def invoice_files(subject: str) -> dict[str, bytes]:
    """The invoices and credit notes of a thing (`Payable.holder`) as PDF."""
    invoices = Invoice.objects.about(subject)
    return {f"invoices/{invoice.number}.pdf": bytes(document_of(invoice).content) for invoice in invoices}
