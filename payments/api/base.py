"""What the addresses that money passes by share."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from core.api.fields import CARD_NUMBER_SENT
from core.api.views import ApiView
from core.documents.answers import pdf
from core.errors import InvalidInput, NotFound
from core.text.card_numbers import json_without_card_numbers
from payments.invoices.services import InvoiceNotFound, document_of
from payments.models import Invoice, Payment


class PaymentNotFound(NotFound):
    """There is no such payment of this user."""

    message = "Payment not found"


def own_payment(user: Any, intent_id: str) -> Payment:
    """The user's payment with this intent. Raises PaymentNotFound."""
    payment = Payment.objects.visible_to(user).filter(intent_id=intent_id).first()
    if payment is None:
        raise PaymentNotFound
    return payment


def invoice_answer(subject: str, **which: Any) -> HttpResponse:
    """The PDF of that one among the subject's invoices and credit notes. Raises InvoiceNotFound."""
    invoice = Invoice.objects.about(subject).filter(**which).first()
    if invoice is None:
        raise InvoiceNotFound
    return pdf(bytes(document_of(invoice).content), name=invoice.file_name)


class PaymentView(ApiView):
    """A body in which a card number stands, under whatever key, is refused before anything is kept of it."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            clean = json_without_card_numbers(request.data)
        except RecursionError as error:
            raise InvalidInput("The body is nested too deeply.") from error
        if clean != request.data:
            raise InvalidInput(CARD_NUMBER_SENT)
