"""The invoices of a rental: one for each payment that was counted, and credit notes for what went back."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView
from core.documents.answers import PDF
from payments.api.invoices import invoice_answer, invoice_json
from payments.models import Invoice, InvoiceKind
from rentals import answers
from rentals.views.finding import find_rental


class RentalInvoices(ApiView):
    """Invoices and credit notes."""

    @extend_schema(responses={200: answers.InvoicesAnswer})
    def get(self, request: Request, rental_id: int) -> Response:
        """All of them, oldest first."""
        invoices = Invoice.objects.about(find_rental(self.user, rental_id).holder)
        return Response({"invoices": [invoice_json(invoice) for invoice in invoices]})


class RentalInvoice(ApiView):
    """One of them."""

    @extend_schema(responses=PDF)
    def get(self, request: Request, rental_id: int, number: str) -> HttpResponse:
        """The PDF, the same bytes each time."""
        return invoice_answer(find_rental(self.user, rental_id).holder, number=number)


class PaymentInvoice(ApiView):
    """The invoice of one payment."""

    @extend_schema(responses=PDF)
    def get(self, request: Request, rental_id: int, payment_id: int) -> HttpResponse:
        """The PDF; 404 for a payment that was not counted."""
        rental = find_rental(self.user, rental_id)
        return invoice_answer(rental.holder, kind=InvoiceKind.INVOICE, payment_id=payment_id)
