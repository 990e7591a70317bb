"""The invoice of an order, and the credit notes that correct it."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView
from core.documents.answers import PDF
from orders import answers
from orders.views.orders import find_order
from payments.api.invoices import invoice_answer, invoice_json
from payments.models import Invoice, InvoiceKind


class OrderInvoice(ApiView):
    """The invoice."""

    @extend_schema(responses=PDF)
    def get(self, request: Request, order_id: int) -> HttpResponse:
        """The PDF, the same bytes each time; 404 until the order is paid."""
        return invoice_answer(find_order(self.user, order_id).holder, kind=InvoiceKind.INVOICE)


class CreditNotes(ApiView):
    """What was given back."""

    @extend_schema(responses={200: answers.CreditNotesAnswer})
    def get(self, request: Request, order_id: int) -> Response:
        """The credit notes, oldest first; each takes back a part of the invoice, or all of it."""
        notes = Invoice.objects.about(find_order(self.user, order_id).holder).of_kind(InvoiceKind.CREDIT_NOTE)
        return Response({"credit_notes": [invoice_json(note) for note in notes]})


class CreditNote(ApiView):
    """One credit note."""

    @extend_schema(responses=PDF)
    def get(self, request: Request, order_id: int, number: str) -> HttpResponse:
        """The PDF, the same bytes each time."""
        order = find_order(self.user, order_id)
        return invoice_answer(order.holder, kind=InvoiceKind.CREDIT_NOTE, number=number)
