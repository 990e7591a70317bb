"""Confirming a payment."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.schema import errors
from core.api.serializers import EmptyBody
from core.errors import NotFound
from payments import services
from payments.api.base import PaymentView
from payments.api.serializers import ConfirmAnswer, confirmed_json
from payments.models import Payment


class PaymentNotFound(NotFound):
    """There is no such payment of this user."""

    message = "Payment not found"


def own_payment(user: Any, intent_id: str) -> Payment:
    """The user's payment with this intent. Raises PaymentNotFound."""
    payment = Payment.objects.visible_to(user).filter(intent_id=intent_id).first()
    if payment is None:
        raise PaymentNotFound
    return payment


class ConfirmPayment(PaymentView):
    """Tells that a payment was made; the gateway has the last word."""

    @extend_schema(request=EmptyBody, responses={200: ConfirmAnswer, **errors(503)})
    @idempotent()
    def post(self, request: Request, intent_id: str) -> Response:
        """Ask the gateway and settle; also when it was settled before. 400 while the money is not there."""
        self.validated(EmptyBody)
        payment = services.confirm(payment=own_payment(self.user, intent_id))
        return Response(confirmed_json(payment))
