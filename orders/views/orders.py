"""Orders: list, place, look at, cancel, ship."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.pagination import paginate
from core.api.permissions import IsAdmin
from core.api.schema import MessageBody, errors
from core.api.serializers import EmptyBody
from core.api.views import ApiView
from core.errors import InvalidInput
from orders import answers, services
from orders.errors import OrderNotFound
from orders.models import Order, ShippingMethod
from orders.placing import place_order
from orders.serializers import (
    CancelBody,
    OrderBody,
    StatusBody,
    order_detail_json,
    order_payments_json,
    order_with_items_json,
    shipping_method_json,
)
from orders.stats import stats_of
from payments.api.serializers import IntentAnswer, intent_json

LIST_PARAMETERS = [
    OpenApiParameter("status", str, enum=Order.Status.values),
    OpenApiParameter("page", int),
    OpenApiParameter("per_page", int),
]


def find_order(user: Any, order_id: int, *, whole: bool = False) -> Order:
    """The order, when this user may see it. Raises OrderNotFound."""
    orders = Order.objects.visible_to(user)
    order = (orders.whole() if whole else orders).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


class Orders(ApiView):
    """The user's own orders."""

    @extend_schema(parameters=LIST_PARAMETERS, responses={200: answers.OrderListAnswer, **errors(400)})
    def get(self, request: Request) -> Response:
        """A page of them, newest first."""
        orders = Order.objects.filter(user=self.user).with_lines()
        if status := request.query_params.get("status"):
            orders = orders.filter(status=known_status(status))
        page = paginate(request, orders)
        return Response({"orders": [order_with_items_json(order) for order in page.items], "pagination": page.meta})

    @extend_schema(request=OrderBody, responses={201: answers.OrderMadeAnswer, **errors(404)})
    @idempotent(one_transaction=True)
    def post(self, request: Request) -> Response:
        """Place an order; its stock is held until it is paid or expires."""
        order = place_order(user=self.user, **self.validated(OrderBody))
        return Response({"message": "Order created successfully", "order": order_with_items_json(order)}, status=201)


def known_status(status: str) -> str:
    """The status to filter by. Raises InvalidInput for one that does not exist."""
    if status not in Order.Status.values:
        message = f"status: one of {', '.join(Order.Status.values)}."
        raise InvalidInput(message, details={"status": [message]})
    return status


class OrderDetails(ApiView):
    """One order."""

    @extend_schema(responses={200: answers.OrderDetailAnswer})
    def get(self, request: Request, order_id: int) -> Response:
        """The whole of it: lines, addresses, payments, history."""
        return Response({"order": order_detail_json(find_order(self.user, order_id, whole=True))})


class CancelOrder(ApiView):
    """Cancels while the order has not been shipped."""

    @extend_schema(request=CancelBody, responses={200: answers.OrderMadeAnswer})
    @idempotent()
    def post(self, request: Request, order_id: int) -> Response:
        """Cancel, give the stock back, refund what was paid; 400 once it was shipped or cancelled."""
        order = find_order(self.user, order_id)
        note = self.validated(CancelBody).get("notes") or "Order cancelled"
        services.cancel_order(order=order, by=self.user, note=note)
        return Response({"message": "Order cancelled successfully", "order": order_with_items_json(order)})


class OrderStatus(ApiView):
    """An admin's step."""

    permission_classes = [IsAdmin]

    @extend_schema(request=StatusBody, responses={200: MessageBody, **errors(403)})
    def put(self, request: Request, order_id: int) -> Response:
        """Move the order on; 400 for a step that its status does not allow."""
        order = find_order(self.user, order_id)
        body = self.validated(StatusBody)
        services.change_status(order=order, by=self.user, note=body.pop("notes"), **body)
        return Response({"message": "Order status updated successfully"})


class OrderStats(ApiView):
    """Figures about the user's own orders."""

    @extend_schema(responses={200: answers.StatsAnswer})
    def get(self, request: Request) -> Response:
        """Counts by status, money spent, the latest order."""
        return Response(stats_of(self.user))


class OrderPayments(ApiView):
    """The payments of an order."""

    @extend_schema(responses={200: answers.OrderPaymentsAnswer})
    def get(self, request: Request, order_id: int) -> Response:
        """All that were made or begun, oldest first."""
        order = find_order(self.user, order_id)
        return Response({"payments": order_payments_json(order.pk, order.payments())})


class OrderPaymentIntent(ApiView):
    """The intent with which an order is paid."""

    @extend_schema(request=EmptyBody, responses={200: IntentAnswer, **errors(503)})
    @idempotent()
    def post(self, request: Request, order_id: int) -> Response:
        """The order's open intent, made now when there is none. The amount is the server's."""
        self.validated(EmptyBody)
        order = find_order(self.user, order_id)
        return Response(intent_json(services.payment_intent_for(order=order)))


class ShippingMethods(ApiView):
    """What a customer may choose at the check-out."""

    permission_classes = [AllowAny]

    @extend_schema(responses={200: answers.ShippingMethodsAnswer})
    def get(self, request: Request) -> Response:
        """The methods on offer, cheapest first."""
        offered = ShippingMethod.objects.filter(is_active=True)
        return Response({"shipping_methods": [shipping_method_json(method) for method in offered]})
