"""Invoices as the API lists and serves them; what they are for is found by the apps above."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers

from core.api.fields import MoneyField, utc
from core.documents.answers import pdf
from payments.invoices.services import InvoiceNotFound, document_of
from payments.models import Invoice, InvoiceKind


class InvoiceAnswer(serializers.Serializer):
    """The shape of `invoice_json`."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=InvoiceKind.choices)
    amount = MoneyField()
    currency = serializers.CharField()
    issued_at = serializers.DateTimeField()
    payment_id = serializers.IntegerField()
    corrects = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


def invoice_json(invoice: Invoice) -> dict[str, Any]:
    """An invoice in a list; a credit note says which invoice it corrects, and why."""
    return {
        "number": invoice.number,
        "kind": invoice.kind,
        "amount": invoice.amount,
        "currency": invoice.currency,
        "issued_at": utc(invoice.issued_at),
        "payment_id": invoice.payment_id,
        "corrects": invoice.data["corrects"]["number"] if invoice.is_credit_note else None,
        "reason": invoice.reason or None,
    }


def invoice_answer(subject: str, **which: Any) -> HttpResponse:
    """The PDF of that one among the subject's invoices and credit notes. Raises InvoiceNotFound."""
    invoice = Invoice.objects.about(subject).filter(**which).first()
    if invoice is None:
        raise InvoiceNotFound
    return pdf(bytes(document_of(invoice).content), name=invoice.file_name)


def number_of(row: Any, name: str) -> str | None:
    """The number of a payment's `invoice` or a refund's `credit_note`; None for one that has none."""
    paper: Invoice | None = getattr(row, name, None)
    return paper.number if paper else None
