"""Confirming a payment, the sandbox's browser, and the webhook."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.schema import MessageBody, errors
from core.api.serializers import EmptyBody
from core.api.views import ApiView
from core.errors import NotFound
from payments import inbox, services
from payments.gateways import configured_name, sandbox
from payments.models import Payment
from payments.serializers import ConfirmAnswer, SandboxPayAnswer, SandboxPayBody, confirmed_json


class PaymentNotFound(NotFound):
    """There is no such payment of this user."""

    message = "Payment not found"


def own_payment(user: Any, intent_id: str) -> Payment:
    """The user's payment with this intent. Raises PaymentNotFound."""
    payment = Payment.objects.visible_to(user).filter(intent_id=intent_id).first()
    if payment is None:
        raise PaymentNotFound
    return payment


class ConfirmPayment(ApiView):
    """Tells that a payment was made; the gateway has the last word."""

    @extend_schema(request=EmptyBody, responses={200: ConfirmAnswer, **errors(503)})
    def post(self, request: Request, intent_id: str) -> Response:
        """Ask the gateway and settle; also when it was settled before. 400 while the money is not there."""
        self.validated(EmptyBody)
        payment = services.confirm(payment=own_payment(self.user, intent_id))
        return Response(confirmed_json(payment))


class SandboxPay(ApiView):
    """Pays an intent of the sandbox, as Stripe's script would in a browser; gone when Stripe is configured."""

    @extend_schema(request=SandboxPayBody, responses={200: SandboxPayAnswer})
    def post(self, request: Request, intent_id: str) -> Response:
        """Try a test card. The gateway then reports by webhook, as Stripe would."""
        if configured_name() != sandbox.SandboxGateway.name:
            raise Http404
        own_payment(self.user, intent_id)
        body = self.validated(SandboxPayBody)
        intent = sandbox.pay(intent_id=intent_id, **body)
        payload, signature = sandbox.signed_event(intent)
        inbox.receive(payload=payload, signature=signature)
        return Response(outcome_json(intent))


def outcome_json(intent: sandbox.SandboxIntent) -> dict[str, str]:
    """What became of a try to pay."""
    outcomes = {
        "succeeded": ("succeeded", "Payment succeeded"),
        "requires_action": ("requires_action", "The card needs to be authenticated"),
    }
    status, message = outcomes.get(intent.status, ("declined", sandbox.DECLINE_MESSAGE))
    return {"payment_intent_id": intent.intent_id, "status": status, "message": message}


class RawBody(BaseParser):
    """Leaves the body alone: a signature is over its raw bytes."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The bytes."""
        return stream.read()


class Webhook(ApiView):
    """Where the gateway reports. Nobody signs in here; the signature on the raw bytes is the proof."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []
    parser_classes = [RawBody]

    @extend_schema(request=None, responses={200: MessageBody})
    def post(self, request: Request) -> Response:
        """Keep the event and answer; the worker acts on it. 400 for a wrong signature."""
        payload: Any = request.data or b""
        inbox.receive(payload=payload, signature=request.headers.get("Stripe-Signature", ""))
        return Response({"message": "received"})
