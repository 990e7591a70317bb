"""The addresses under which the first clients pay. They ignore any amount that they are sent."""

from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.schema import errors
from core.errors import InvalidInput
from payments import sellables, services
from payments.api.base import PaymentView, own_payment
from payments.api.inputs import ActionInput, IntentInput, PayableInput
from payments.api.shapes import ConfirmedShape, IntentShape, KnownIntentShape

ANSWERS = PolymorphicProxySerializer(
    "ActedOnIntent", [IntentShape, ConfirmedShape, KnownIntentShape], resource_type_field_name=None
)


class LegacyView(PaymentView):
    """What the aliases can do; each is the same call as its present-day address."""

    def create_intent(self, request: Request) -> Response:
        """As the payment-intent of the thing that the body names."""
        [(key, pk)] = self.validated(PayableInput).items()
        return Response(IntentShape.of(sellables.payment_for(key=key, user=self.user, pk=pk)))

    def confirm_intent(self, request: Request) -> Response:
        """As POST /payments/{payment_intent_id}/confirm."""
        payment = own_payment(self.user, self.validated(IntentInput)["payment_intent_id"])
        return Response(ConfirmedShape.confirmed(services.confirm(payment=payment)))

    def retrieve_intent(self, request: Request) -> Response:
        """The payment as it stands here."""
        payment = own_payment(self.user, self.validated(IntentInput)["payment_intent_id"])
        return Response(KnownIntentShape.of(payment))


class CreateIntent(LegacyView):
    """POST /payment/create-payment-intent."""

    @extend_schema(request=PayableInput, responses={200: IntentShape, **errors(404, 503)})
    @idempotent()
    def post(self, request: Request) -> Response:
        """The intent with which to pay."""
        return self.create_intent(request)


class ConfirmIntent(LegacyView):
    """POST /payment/confirm-payment-intent."""

    @extend_schema(request=IntentInput, responses={200: ConfirmedShape, **errors(404, 503)})
    @idempotent()
    def post(self, request: Request) -> Response:
        """Settle what was paid."""
        return self.confirm_intent(request)


class StripeHandler(LegacyView):
    """POST /payment/stripe_handler.php: one address, three actions."""

    DISPATCH: ClassVar[dict[str, Any]] = {
        "create_payment_intent": LegacyView.create_intent,
        "confirm_payment_intent": LegacyView.confirm_intent,
        "retrieve_payment_intent": LegacyView.retrieve_intent,
    }

    @extend_schema(request=ActionInput, responses={200: ANSWERS, **errors(404, 503)})
    @idempotent()
    def post(self, request: Request) -> Response:
        """Do what `action` names: create, confirm or look at an intent."""
        if not isinstance(request.data, dict):
            raise InvalidInput("The body must be an object.")
        return self.DISPATCH[self.validated(ActionInput)["action"]](self, request)
