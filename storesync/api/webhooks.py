"""Where the shops report. There is no sign-in here; a signature on the raw bytes is the proof."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsers import RawBody
from core.api.schema import errors
from core.api.views import ApiView
from storesync.api.shapes import ReceivedShape
from storesync.inbox import receiving


class ShopWebhook(ApiView):
    """An address for a platform's webhooks."""

    permission_classes = [AllowAny]
    authentication_classes: list[Any] = []
    throttle_classes: list[Any] = []
    parser_classes: list[type[BaseParser]] = [RawBody]

    @property
    def body(self) -> bytes:
        """The bytes as they came; DRF's own word for none is an object."""
        data: Any = self.request.data
        return data or b""

    def received(self) -> Response:
        return self.answer(ReceivedShape.of({"received": True}))


class ShopifyWebhook(ShopWebhook):
    """POST: what a Shopify shop tells."""

    @extend_schema(request=None, responses={200: ReceivedShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Keep what a Shopify shop tells and answer; the worker acts on it. 401 for a wrong signature."""
        receiving.receive_shopify(body=self.body, headers=request.headers)
        return self.received()


class WooCommerceWebhook(ShopWebhook):
    """POST: what a WooCommerce shop tells."""

    @extend_schema(request=None, responses={200: ReceivedShape, **errors(401)})
    def post(self, request: Request) -> Response:
        """Keep what a WooCommerce shop tells and answer; the worker acts on it. 401 for a wrong signature."""
        key = request.query_params.get("key", "")
        receiving.receive_woocommerce(body=self.body, headers=request.headers, key=key)
        return self.received()
