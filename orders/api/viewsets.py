"""Orders: list, place, look at, cancel, ship, pay, bill."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.inputs import EmptyInput
from core.api.permissions import IsAdmin
from core.api.schema import errors
from core.api.shapes import MessageShape
from core.api.viewsets import ResourceViewSet
from core.documents.answers import PDF
from orders import fulfilment
from orders.api import shapes
from orders.api.inputs import CancelInput, OrderInput, OrderListInput, StatusInput
from orders.errors import OrderNotFound
from orders.models import Order, ShippingMethod
from orders.placing import place_order
from orders.stats import stats_of
from payments.api.base import invoice_answer
from payments.api.shapes import IntentShape
from payments.models import Invoice, InvoiceKind


class OrderViewSet(ResourceViewSet):
    """A customer's orders; staff reach those of all."""

    not_found = OrderNotFound

    def order(self) -> Order:
        """The order that the path names. Raises OrderNotFound."""
        return self.find(Order.objects.visible_to(self.user))

    @extend_schema(parameters=[OrderListInput], responses={200: shapes.OrderPageShape})
    def list(self, request: Request) -> Response:
        """List the user's own orders, newest first."""
        orders = Order.objects.filter(user=self.user, **self.query(OrderListInput)).with_lines()
        return Response(shapes.OrderPageShape.of(self.page("orders", orders)))

    @extend_schema(request=OrderInput, responses={201: shapes.ChangedOrderShape, **errors(404)})
    @idempotent(one_transaction=True)
    def create(self, request: Request) -> Response:
        """Place an order; its stock is held until it is paid or expires."""
        order = place_order(user=self.user, **self.validated(OrderInput))
        answer = {"message": "Order created successfully", "order": order}
        return Response(shapes.ChangedOrderShape.of(answer), status=201)

    @extend_schema(responses={200: shapes.OneOrderShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at an order: lines, addresses, payments, history."""
        order = self.find(Order.objects.visible_to(self.user).with_details())
        return Response(shapes.OneOrderShape.of({"order": order}))

    @extend_schema(request=CancelInput, responses={200: shapes.ChangedOrderShape})
    @action(detail=True, methods=["post"])
    @idempotent()
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel, give the stock back, refund what was paid; 400 once it was shipped or cancelled."""
        order = self.order()
        note = self.validated(CancelInput).get("notes") or "Order cancelled"
        fulfilment.cancel_order(order=order, by=self.user, note=note)
        answer = {"message": "Order cancelled successfully", "order": order}
        return Response(shapes.ChangedOrderShape.of(answer))

    @extend_schema(request=StatusInput, responses={200: MessageShape})
    @action(detail=True, methods=["put"], permission_classes=[IsAdmin])
    def status(self, request: Request, pk: int) -> Response:
        """Move the order on; 400 for a step that its status does not allow."""
        order = self.order()
        body = self.validated(StatusInput)
        fulfilment.change_status(order=order, by=self.user, note=body.pop("notes"), **body)
        return Response(MessageShape.of({"message": "Order status updated successfully"}))

    @extend_schema(responses={200: shapes.StatsShape})
    @action(detail=False)
    def stats(self, request: Request) -> Response:
        """Count the user's own orders by status, with the money spent and the latest one."""
        return Response(shapes.StatsShape.of(stats_of(self.user)))

    @extend_schema(responses={200: shapes.ShippingMethodListShape})
    @action(detail=False, url_path="shipping-methods", permission_classes=[AllowAny])
    def shipping_methods(self, request: Request) -> Response:
        """List the shipping methods on offer, cheapest first."""
        offered = ShippingMethod.objects.filter(is_active=True)
        return Response(shapes.ShippingMethodListShape.of({"shipping_methods": offered}))

    @extend_schema(responses={200: shapes.OrderPaymentsShape})
    @action(detail=True)
    def payments(self, request: Request, pk: int) -> Response:
        """List the payments of an order, made or begun, oldest first."""
        payments = self.order().payments().select_related("order_payment")
        return Response(shapes.OrderPaymentsShape.of({"payments": payments}))

    @extend_schema(request=EmptyInput, responses={200: IntentShape, **errors(503)})
    @action(detail=True, methods=["post"], url_path="payment-intent")
    @idempotent()
    def payment_intent(self, request: Request, pk: int) -> Response:
        """Answer the order's open intent, made now when there is none. The amount is the server's."""
        self.validated(EmptyInput)
        return Response(IntentShape.of(fulfilment.payment_intent_for(order=self.order())))

    @extend_schema(responses=PDF)
    @action(detail=True)
    def invoice(self, request: Request, pk: int) -> HttpResponse:
        """Fetch the invoice, the same bytes each time; 404 until the order is paid."""
        return invoice_answer(self.order().holder, kind=InvoiceKind.INVOICE)

    @extend_schema(responses={200: shapes.CreditNoteListShape})
    @action(detail=True, url_path="credit-notes")
    def credit_notes(self, request: Request, pk: int) -> Response:
        """List the credit notes of an order, oldest first."""
        notes = Invoice.objects.about(self.order().holder).of_kind(InvoiceKind.CREDIT_NOTE)
        return Response(shapes.CreditNoteListShape.of({"credit_notes": notes}))

    @extend_schema(responses=PDF)
    @action(detail=True, url_path="credit-notes/<str:number>")
    def credit_note(self, request: Request, pk: int, number: str) -> HttpResponse:
        """Fetch one credit note, the same bytes each time."""
        return invoice_answer(self.order().holder, kind=InvoiceKind.CREDIT_NOTE, number=number)
