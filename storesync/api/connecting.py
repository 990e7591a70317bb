"""Connecting an ERP and shops."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.sign_in import OpenView
from accounts.sessions.authentication import user_of
from core.api.views import ApiView
from storesync import connecting
from storesync.api.inputs import ProkipInput, StoreInput, WooCommerceInput
from storesync.api.shapes import AskedShape, ConnectedShape, SuccessShape
from storesync.values import text


class ProkipView(ApiView):
    """POST: the user's ERP."""

    @extend_schema(request=ProkipInput, responses={200: SuccessShape})
    def post(self, request: Request) -> Response:
        """Connect the ERP once it answered; a second one replaces the first. 400 where it does not take the token."""
        connecting.connect_prokip(user=user_of(request), **self.validated(ProkipInput))
        return self.answer(SuccessShape.of({"success": True}))


class WooCommerceView(ApiView):
    """POST: a WooCommerce shop."""

    @extend_schema(request=WooCommerceInput, responses={200: ConnectedShape})
    def post(self, request: Request) -> Response:
        """Connect a shop once it answered to its keys; 400 where it did not, or must not be called."""
        shop = connecting.connect_woocommerce(user=user_of(request), **self.validated(WooCommerceInput))
        return self.answer(ConnectedShape.of({"success": True, "id": shop.pk}))


class ShopifyView(ApiView):
    """POST: a Shopify shop."""

    @extend_schema(request=StoreInput, responses={200: AskedShape})
    def post(self, request: Request) -> Response:
        """Begin to connect a shop: the user goes to the page that is answered."""
        url = connecting.ask_consent(user=user_of(request), **self.validated(StoreInput))
        return self.answer(AskedShape.of({"authUrl": url}))


class ShopifyCallbackView(OpenView):
    """GET: back from the merchant's consent; the browser is always sent on to the web client."""

    throttle_classes: list[Any] = []

    @extend_schema(responses={302: OpenApiResponse(description="To the web client, with the outcome.")})
    def get(self, request: Request) -> HttpResponseRedirect:
        """Connect the shop that the merchant allowed."""
        query = request.query_params
        if refused := query.get("error") or query.get("error_description"):
            return sent_on(shopify_error=text(refused))
        if not query.get("code") or not query.get("shop"):
            return sent_on(shopify_error="Missing code or shop")
        try:
            shop = connecting.connect_shopify(query=request.META.get("QUERY_STRING", ""))
        except connecting.CallbackRefused as error:
            return sent_on(shopify_error=error.message)
        return sent_on(shopify_success="true", store=shop.address)


def sent_on(**told: str) -> HttpResponseRedirect:
    """To the web client's page with these in its query."""
    page = settings.SYNC_FRONTEND_URL
    return HttpResponseRedirect(f"{page}{'&' if '?' in page else '?'}{urlencode(told)}")
