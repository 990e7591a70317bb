"""Paying a rental: installments, buyout, autopay."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent, key_of
from core.api.schema import errors
from core.api.views import ApiView
from core.clients import address_of
from payments.api.serializers import IntentAnswer, intent_json
from rentals import answers
from rentals.autopay import consents
from rentals.money import claims
from rentals.money.paying import payment_intent_for
from rentals.money.pricing import buyout_quote
from rentals.serializers import (
    AutopayBody,
    BuyoutBody,
    PaymentBody,
    PurposeBody,
    autopay_json,
    buyout_json,
    payments_json,
    receipt_json,
    rental_with_payments_json,
)
from rentals.views.finding import find_rental, own_rental


class RentalPaymentIntent(ApiView):
    """The intent with which a rental is paid."""

    @extend_schema(request=PurposeBody, responses={200: IntentAnswer, **errors(503)})
    @idempotent()
    def post(self, request: Request, rental_id: int) -> Response:
        """The open intent for that purpose, made now when there is none. The amount is the server's."""
        rental = find_rental(self.user, rental_id)
        purpose = self.validated(PurposeBody)["purpose"]
        return Response(intent_json(payment_intent_for(rental=rental, purpose=purpose)))


class MakePayment(ApiView):
    """Tells of a payment that was made."""

    @extend_schema(request=PaymentBody, responses={200: answers.RentalPaidAnswer, **errors(503)})
    @idempotent()
    def post(self, request: Request, rental_id: int) -> Response:
        """The transaction id is a claim that the gateway confirms; it can be made once."""
        rental = find_rental(self.user, rental_id)
        claimed = self.validated(PaymentBody)["transaction_id"]
        link = claims.make_payment(rental=rental, transaction_id=claimed, key=key_of(request))
        rental = find_rental(self.user, rental_id)
        return Response(
            {
                "message": "Payment processed successfully",
                "rental": rental_with_payments_json(rental),
                "receipt": receipt_json(link, rental, now=timezone.now()),
            }
        )


class Buyout(ApiView):
    """Owning the device early."""

    @extend_schema(responses={200: answers.BuyoutQuoteAnswer, **errors(400)})
    def get(self, request: Request, rental_id: int) -> Response:
        """Today's price, how it came about, and until when it holds."""
        rental = find_rental(self.user, rental_id)
        quote = buyout_quote(rental, now=timezone.now())
        return Response(buyout_json(quote, currency=rental.currency))

    @extend_schema(request=BuyoutBody, responses={200: answers.BoughtOutAnswer, **errors(503)})
    @idempotent()
    def post(self, request: Request, rental_id: int) -> Response:
        """The transaction id is a claim that the gateway confirms; a price that no longer holds is refused."""
        rental = find_rental(self.user, rental_id)
        claimed = self.validated(BuyoutBody)["transaction_id"]
        link = claims.buy_out(rental=rental, transaction_id=claimed, key=key_of(request))
        return Response(
            {
                "message": f"Rental for {rental.product_name} has been successfully bought out",
                "amount_paid": link.payment.amount if link else 0,
            }
        )


class RentalPayments(ApiView):
    """The payments of a rental."""

    @extend_schema(responses={200: answers.RentalPaymentsAnswer})
    def get(self, request: Request, rental_id: int) -> Response:
        """All that were made or begun, oldest first."""
        return Response({"payments": payments_json(find_rental(self.user, rental_id))})


class RentalAutopay(ApiView):
    """Paying by itself with a saved card; only the customer may agree to it."""

    @extend_schema(responses={200: answers.AutopayAnswer})
    def get(self, request: Request, rental_id: int) -> Response:
        """Whether it is on, and the text to agree to."""
        return self.answer(rental_id)

    @extend_schema(request=AutopayBody, responses={200: answers.AutopayAnswer, **errors(503)})
    def put(self, request: Request, rental_id: int) -> Response:
        """Turn it on with the card of a finished set-up, or change the card."""
        rental = own_rental(self.user, rental_id)
        setup_id = self.validated(AutopayBody)["setup_intent_id"]
        consents.turn_on(rental=rental, setup_id=setup_id, ip=address_of(request._request))
        return self.answer(rental_id, message="Autopay is on")

    @extend_schema(responses={200: answers.AutopayAnswer})
    def delete(self, request: Request, rental_id: int) -> Response:
        """Turn it off; 200 also when it was off."""
        consents.turn_off(rental=own_rental(self.user, rental_id))
        return self.answer(rental_id, message="Autopay is off")

    def answer(self, rental_id: int, **more: str) -> Response:
        """The state of things."""
        rental = own_rental(self.user, rental_id)
        text = consents.consent_text(rental)
        state = autopay_json(consents.in_force(rental))
        return Response({**more, "autopay": state, "consent_text": text, "consent_version": consents.CONSENT_VERSION})
