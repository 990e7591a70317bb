"""Where Paystack reports, at the address that the box office's contract names."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.schema import errors
from core.api.shapes import MessageShape
from payments.api.webhook import Webhook
from payments.gateways.paystack.client import PaystackGateway


class PaystackWebhook(Webhook):
    """POST: an event, as at the shop's address."""

    @extend_schema(request=None, responses={200: MessageShape, **errors(404)})
    def post(self, request: Request, gateway: str | None = None) -> Response:
        """Keep Paystack's event and answer; 400 for a wrong signature, 404 where no secret key is set."""
        return super().post(request, gateway=PaystackGateway.name)
