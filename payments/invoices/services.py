"""Invoices and credit notes: one for each payment that counted and each refund of it, written in its transaction.

Payments knows nothing of what it is paid for: the apps above say for whom, for what and with which lines.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from core.errors import NotFound
from core.text import clean
from core.text.canonical import canonical_json, canonical_time, sha256
from payments.invoices.bills import Bill, Line, Parts
from payments.invoices.pages import invoice_pdf
from payments.models import Invoice, InvoiceDocument, InvoiceKind, NumberSeries, Payment, Refund

PREFIX = {InvoiceKind.INVOICE: "", InvoiceKind.CREDIT_NOTE: "CN-"}


class InvoiceNotFound(NotFound):
    """There is no such invoice: nothing was paid yet, or it belongs to something else."""

    message = "Invoice not found"


class Unequal(Exception):
    """The lines do not bring the amount that moved: a mistake in the program, which must undo what it was for."""


def issue(*, payment: Payment, bill: Bill) -> Invoice:
    """The invoice of a payment that counts, written now unless it was before.

    Inside the transaction that settles the payment, after everything else that it locks. Raises Unequal.
    """
    written = Invoice.objects.filter(invoice_of=payment).first()
    if written:
        return written
    data = {
        "subject": bill.subject,
        "title": bill.title,
        "seller": bill.seller.as_json(),
        "buyer": {"name": bill.buyer, "email": payment.user.email, "address": list(bill.address)},
        "payment": paid_with(payment),
    }
    return write(
        InvoiceKind.INVOICE, payment, payment.amount, bill.parts, data, subject=bill.subject, invoice_of=payment
    )


def credit(*, refund: Refund, parts: Parts | None = None) -> Invoice | None:
    """The credit note of a refund that was settled, written now unless it was before; None without an invoice.

    Without `parts`, or with parts that bring another amount (a refund may be one of several for the same pieces),
    it takes back the whole invoice line by line, or else one sum. Inside the transaction that settles the refund,
    after everything else that it locks.
    """
    invoice = Invoice.objects.filter(invoice_of=refund.payment).first()
    if invoice is None:
        return None
    written = Invoice.objects.filter(refund=refund).first()
    if written:
        return written
    if parts is None or parts.total != refund.amount:
        parts = parts_back(invoice, refund)
    about = {key: invoice.data[key] for key in ("subject", "title", "seller", "buyer")}
    data = {
        **about,
        "payment": {**paid_with(refund.payment), "refund": refund.gateway_id or f"refund {refund.pk}"},
        "corrects": {"number": invoice.number, "issued_at": canonical_time(invoice.issued_at)},
        "reason": refund.reason,
    }
    links = {"subject": invoice.subject, "refund": refund, "corrects": invoice}
    return write(InvoiceKind.CREDIT_NOTE, refund.payment, refund.amount, parts, data, **links)


def parts_back(invoice: Invoice, refund: Refund) -> Parts:
    """All of the invoice when all of it goes back at once, else the sum."""
    if refund.amount != invoice.amount:
        return Parts([Line(text=f"Refund for {invoice.data['title']}", price=refund.amount)])
    lines = [
        Line(line["text"], Decimal(line["price"]), line["quantity"], line["detail"], Decimal(line["tax"]))
        for line in invoice.data["lines"]
    ]
    return Parts(lines, shipping=Decimal(invoice.data["shipping"]))


def paid_with(payment: Payment) -> dict[str, Any]:
    """How the money came, and when."""
    return {
        "gateway": payment.gateway,
        "reference": payment.charge_id or payment.intent_id or f"payment {payment.pk}",
        "settled_at": canonical_time(payment.settled_at or timezone.now()),
    }


def write(
    kind: InvoiceKind, payment: Payment, amount: Decimal, parts: Parts, data: dict[str, Any], **links: Any
) -> Invoice:
    """Freeze the data under the next number. Raises Unequal."""
    if parts.total != amount:
        raise Unequal(f"Payment {payment.pk}: {amount} moved, the lines bring {parts.total}")
    series, issued_at = take_number(kind)
    number = f"{PREFIX[kind]}{series.year}-{series.last:06}"
    head = {"version": 1, "kind": kind.value, "number": number, "issued_at": canonical_time(issued_at)}
    frozen = clean({**head, "currency": payment.currency, **data, **parts.as_json()})
    return Invoice.objects.create(
        kind=kind,
        year=series.year,
        sequence=series.last,
        number=number,
        payment=payment,
        amount=amount,
        currency=payment.currency,
        data=frozen,
        data_sha256=sha256(canonical_json(frozen)),
        issued_at=issued_at,
        **links,
    )


def take_number(kind: InvoiceKind) -> tuple[NumberSeries, datetime]:
    """The series with the next number as its `last`, and the moment of it; both hold if the transaction does.

    The series stays locked until then. Numbers and moments have the same order.
    """
    year = timezone.now().year
    series = locked_series(kind, year)
    now = timezone.now()
    if now.year != year:  # the year ended while we waited for the lock
        series = locked_series(kind, now.year)
    series.last += 1
    series.save(update_fields=["last"])
    return series, now


def locked_series(kind: InvoiceKind, year: int) -> NumberSeries:
    """The row of that kind and year, locked; made when the year is new."""
    series = NumberSeries.objects.select_for_update().filter(kind=kind, year=year)
    found = series.first()
    if found is None:
        # Not get_or_create: those who lose the race to insert would share a lock, and then deadlock over it.
        NumberSeries.objects.bulk_create(
            [NumberSeries(kind=kind, year=year)],
            update_conflicts=True,
            update_fields=["kind"],
            unique_fields=["kind", "year"] if connection.features.supports_update_conflicts_with_target else None,
        )
        found = series.get()
    return found


def document_of(invoice: Invoice) -> InvoiceDocument:
    """The PDF, made when it is first asked for and kept: the same bytes from then on."""
    document = InvoiceDocument.objects.filter(invoice=invoice).first()
    if document is None:
        content = invoice_pdf(data=invoice.data, digest=invoice.data_sha256)
        document, _ = InvoiceDocument.objects.get_or_create(
            invoice=invoice, defaults={"content": content, "sha256": sha256(content)}
        )
    return document
