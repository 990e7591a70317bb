"""The calls about a rental's money: installments, buyout, autopay, invoices."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent, key_of
from core.api.schema import errors
from core.documents.answers import PDF
from core.money import ZERO
from core.web.clients import address_of
from payments.api.base import invoice_answer
from payments.api.shapes import IntentShape
from payments.models import Invoice, InvoiceKind
from rentals.api import shapes
from rentals.api.base import RentalCalls
from rentals.api.inputs import AutopayInput, BuyoutInput, PaymentInput, PurposeInput
from rentals.api.quotes import BuyoutQuoteShape
from rentals.autopay import consents
from rentals.money import claims
from rentals.money.paying import payment_intent_for
from rentals.money.pricing import buyout_quote, receipt_of


class MoneyCalls(RentalCalls):
    """Paying by hand."""

    @extend_schema(request=PurposeInput, responses={200: IntentShape, **errors(503)})
    @action(detail=True, methods=["post"], url_path="payment-intent")
    @idempotent()
    def payment_intent(self, request: Request, pk: int) -> Response:
        """Answer the open intent for that purpose, made now when there is none. The amount is the server's."""
        rental = self.rental()
        purpose = self.validated(PurposeInput)["purpose"]
        return Response(IntentShape.of(payment_intent_for(rental=rental, purpose=purpose)))

    @extend_schema(request=PaymentInput, responses={200: shapes.PaidRentalShape, **errors(503)})
    @action(detail=True, methods=["post"], url_path="make-payment")
    @idempotent()
    def make_payment(self, request: Request, pk: int) -> Response:
        """Report a payment that was made; the gateway confirms its transaction id, which counts once."""
        rental = self.rental()
        claimed = self.validated(PaymentInput)["transaction_id"]
        link = claims.make_payment(rental=rental, transaction_id=claimed, key=key_of(request))
        rental = self.rental()
        receipt = receipt_of(link, rental, now=timezone.now())
        answer = {"message": "Payment processed successfully", "rental": rental, "receipt": receipt}
        return Response(shapes.PaidRentalShape.of(answer))

    @extend_schema(responses={200: BuyoutQuoteShape, **errors(400)})
    @action(detail=True, url_path="buyout")
    def buyout_quote(self, request: Request, pk: int) -> Response:
        """Quote today's price to own the device, how it came about, and until when it holds."""
        quote = buyout_quote(self.rental(), now=timezone.now())
        return Response(BuyoutQuoteShape.of(quote))

    @extend_schema(request=BuyoutInput, responses={200: shapes.BoughtOutShape, **errors(503)})
    @buyout_quote.mapping.post
    @idempotent()
    def buyout(self, request: Request, pk: int) -> Response:
        """Report a buyout that was paid; the gateway confirms it, and a price that no longer holds is refused."""
        rental = self.rental()
        claimed = self.validated(BuyoutInput)["transaction_id"]
        link = claims.buy_out(rental=rental, transaction_id=claimed, key=key_of(request))
        message = f"Rental for {rental.product_name} has been successfully bought out"
        answer = {"message": message, "amount_paid": link.payment.amount if link else ZERO}
        return Response(shapes.BoughtOutShape.of(answer))

    @extend_schema(responses={200: shapes.RentalPaymentsShape})
    @action(detail=True)
    def payments(self, request: Request, pk: int) -> Response:
        """List the payments of a rental, made or begun, oldest first."""
        return Response(shapes.RentalPaymentsShape.of(self.rental()))

    @extend_schema(responses=PDF)
    @action(detail=True, url_path="payments/<id:payment_id>/invoice")
    def payment_invoice(self, request: Request, pk: int, payment_id: int) -> HttpResponse:
        """Fetch the invoice of one payment; 404 for one that was not counted."""
        return invoice_answer(self.rental().holder, kind=InvoiceKind.INVOICE, payment_id=payment_id)

    @extend_schema(responses={200: shapes.RentalInvoicesShape})
    @action(detail=True)
    def invoices(self, request: Request, pk: int) -> Response:
        """List the invoices and credit notes of a rental, oldest first."""
        invoices = Invoice.objects.about(self.rental().holder)
        return Response(shapes.RentalInvoicesShape.of({"invoices": invoices}))

    @extend_schema(responses=PDF)
    @action(detail=True, url_path="invoices/<str:number>")
    def invoice(self, request: Request, pk: int, number: str) -> HttpResponse:
        """Fetch an invoice or a credit note, the same bytes each time."""
        return invoice_answer(self.rental().holder, number=number)


class AutopayCalls(RentalCalls):
    """Paying with a saved card, to which only the customer may agree."""

    @extend_schema(responses={200: shapes.AutopayAnswerShape})
    @action(detail=True)
    def autopay(self, request: Request, pk: int) -> Response:
        """Answer whether autopay is on, and the text to agree to."""
        return self.autopay_answer()

    @extend_schema(request=AutopayInput, responses={200: shapes.AutopayAnswerShape, **errors(503)})
    @autopay.mapping.put
    def turn_on_autopay(self, request: Request, pk: int) -> Response:
        """Turn autopay on with the card of a finished set-up, or change the card."""
        rental = self.own_rental()
        setup_id = self.validated(AutopayInput)["setup_intent_id"]
        consents.turn_on(rental=rental, setup_id=setup_id, ip=address_of(request._request))
        return self.autopay_answer(message="Autopay is on")

    @extend_schema(responses={200: shapes.AutopayAnswerShape})
    @autopay.mapping.delete
    def turn_off_autopay(self, request: Request, pk: int) -> Response:
        """Turn autopay off; 200 also when it was off."""
        consents.turn_off(rental=self.own_rental())
        return self.autopay_answer(message="Autopay is off")

    def autopay_answer(self, **message: str) -> Response:
        rental = self.own_rental()
        text, version = consents.consent_text(rental), consents.CONSENT_VERSION
        answer = {**message, "autopay": rental, "consent_text": text, "consent_version": version}
        return Response(shapes.AutopayAnswerShape.of(answer))
