"""The addresses under which the first clients pay. They ignore any amount that they are sent."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import IdField, TextField
from core.api.idempotency import idempotent
from core.api.schema import errors
from core.errors import InvalidInput
from payments import sellables, services
from payments.api.base import PaymentView
from payments.api.payments import own_payment
from payments.api.serializers import ConfirmAnswer, IntentAnswer, confirmed_json, intent_json, payment_json

ACTIONS = ("create_payment_intent", "confirm_payment_intent", "retrieve_payment_intent")


class PayableBody(serializers.Serializer):
    """What to pay. Other keys, an amount above all, are ignored."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The keys of all that can be sold."""
        return {sellable.key: IdField(required=False) for sellable in sellables.registered()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one thing is paid."""
        if len(attrs) != 1:
            keys = list(self.fields)
            raise serializers.ValidationError({keys[0]: [f"Name {' or '.join(f'one {key}' for key in keys)}."]})
        return attrs


class IntentBody(serializers.Serializer):
    """Which intent. Other keys are ignored."""

    payment_intent_id = TextField(max_length=120)


class ActionBody(serializers.Serializer):
    """What the handler is to do."""

    action = serializers.ChoiceField(choices=ACTIONS)


class LegacyView(PaymentView):
    """What the aliases can do; each is the same call as its present-day address."""

    def create_intent(self, request: Request) -> Response:
        """As the payment-intent of the thing that the body names."""
        [(key, pk)] = self.validated(PayableBody).items()
        return Response(intent_json(sellables.payment_for(key=key, user=self.user, pk=pk)))

    def confirm_intent(self, request: Request) -> Response:
        """As POST /payments/{payment_intent_id}/confirm."""
        payment = own_payment(self.user, self.validated(IntentBody)["payment_intent_id"])
        return Response(confirmed_json(services.confirm(payment=payment)))

    def retrieve_intent(self, request: Request) -> Response:
        """The payment as it stands here."""
        payment = own_payment(self.user, self.validated(IntentBody)["payment_intent_id"])
        return Response({**intent_json(payment), "status": payment.status, "payment": payment_json(payment)})


class CreateIntent(LegacyView):
    """POST /payment/create-payment-intent."""

    @extend_schema(request=PayableBody, responses={200: IntentAnswer, **errors(404, 503)})
    @idempotent()
    def post(self, request: Request) -> Response:
        """The intent with which to pay."""
        return self.create_intent(request)


class ConfirmIntent(LegacyView):
    """POST /payment/confirm-payment-intent."""

    @extend_schema(request=IntentBody, responses={200: ConfirmAnswer, **errors(404, 503)})
    @idempotent()
    def post(self, request: Request) -> Response:
        """Settle what was paid."""
        return self.confirm_intent(request)


@extend_schema(exclude=True)
class StripeHandler(LegacyView):
    """POST /payment/stripe_handler.php: one address, three actions."""

    DISPATCH: ClassVar[dict[str, Any]] = {
        "create_payment_intent": LegacyView.create_intent,
        "confirm_payment_intent": LegacyView.confirm_intent,
        "retrieve_payment_intent": LegacyView.retrieve_intent,
    }

    @idempotent()
    def post(self, request: Request) -> Response:
        """Do what `action` names."""
        if not isinstance(request.data, dict):
            raise InvalidInput("The body must be an object.")
        return self.DISPATCH[self.validated(ActionBody)["action"]](self, request)
