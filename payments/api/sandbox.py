"""What Stripe's own script does in a browser, for the sandbox; gone when Stripe is configured."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.views import ApiView
from payments.api.base import own_payment
from payments.api.inputs import SandboxPayInput, SandboxSetupInput
from payments.api.shapes import SandboxPaymentShape, SandboxSetupShape
from payments.cards.services import SetupNotFound
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox import vault as sandbox_vault
from payments.gateways.sandbox.cards import DECLINE_MESSAGE, MESSAGES
from payments.gateways.sandbox.reporting import report_payment
from payments.models import CardSetup, SandboxIntent


class SandboxView(ApiView):
    """A route that exists only while the sandbox takes the payments."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not sandbox.SandboxGateway().is_configured:
            raise Http404


class SandboxPay(SandboxView):
    """Pays an intent of the sandbox, as Stripe's script would in a browser; gone when Stripe is configured."""

    @extend_schema(request=SandboxPayInput, responses={200: SandboxPaymentShape})
    @idempotent(one_transaction=True)
    def post(self, request: Request, intent_id: str) -> Response:
        """Try a test card. The gateway then reports by webhook, as Stripe would."""
        own_payment(self.user, intent_id)
        body = self.validated(SandboxPayInput)
        intent = sandbox.pay(intent_id=intent_id, **body)
        report_payment(intent)
        return Response(SandboxPaymentShape.of(outcome_of(intent)))


def outcome_of(intent: SandboxIntent) -> dict[str, str]:
    """What became of a try to pay."""
    outcomes = {
        "succeeded": ("succeeded", "Payment succeeded"),
        "requires_action": ("requires_action", "The card needs to be authenticated"),
    }
    declined = ("declined", decline_message(intent.failure_code))
    status, message = outcomes.get(intent.status, declined)
    return {"payment_intent_id": intent.intent_id, "status": status, "message": message}


def decline_message(failure_code: str) -> str:
    """What a declined customer reads."""
    return MESSAGES.get(failure_code, DECLINE_MESSAGE)


class SandboxSetupConfirm(SandboxView):
    """Saves a card in the sandbox, as Stripe's script would in a browser; gone when Stripe is configured."""

    @extend_schema(request=SandboxSetupInput, responses={200: SandboxSetupShape})
    @idempotent(one_transaction=True)
    def post(self, request: Request, setup_intent_id: str) -> Response:
        """Try to save a test card. Its number is kept nowhere."""
        if not CardSetup.objects.filter(user=self.user, setup_id=setup_intent_id).exists():
            raise SetupNotFound
        setup = sandbox_vault.confirm_setup(setup_id=setup_intent_id, **self.validated(SandboxSetupInput))
        saved = setup.status == "succeeded"
        answer = {
            "setup_intent_id": setup.setup_id,
            "status": "succeeded" if saved else "declined",
            "message": "Card saved" if saved else decline_message(setup.failure_code),
        }
        return Response(SandboxSetupShape.of(answer))
