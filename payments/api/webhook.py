"""Where the gateway reports."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsers import RawBody
from core.api.shapes import MessageShape
from core.api.views import ApiView
from core.errors import NotFound
from payments import inbox
from payments.gateways import gateway_named, preferred


class Webhook(ApiView):
    """Where the gateway reports. There is no sign-in here; the signature on the raw bytes is the proof."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []
    parser_classes = [RawBody]

    @extend_schema(request=None, responses={200: MessageShape})
    def post(self, request: Request, gateway: str | None = None) -> Response:
        """Keep the event and answer; the worker acts on it. 400 for a wrong signature.

        The addresses that name no gateway are those of the one that is preferred for the shop's currency. 404 for a
        gateway that reports nothing here; a retired one still reports.
        """
        name = preferred(currency=settings.CURRENCY) if gateway is None else gateway
        known = gateway_named(name)
        header = known.signature_header
        if not (known.is_configured and header):
            raise NotFound
        payload: Any = request.data or b""
        inbox.receive(gateway=name, payload=payload, signature=request.headers.get(header, ""))
        return self.answer({"message": "received"}, message="received")
