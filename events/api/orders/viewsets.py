"""Orders of tickets: place, look at, verify, cancel, refund, bill."""

import re
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.inputs import NoInput
from core.api.schema import errors
from core.api.viewsets import ResourceViewSet
from core.documents.answers import PDF
from core.money import to_minor
from events.api.orders import shapes
from events.api.orders.inputs import OrderInput, RefundInput, VerifyInput, order_from
from events.models import Ticket, TicketOrder
from events.selling import expiring, paying, refunding
from events.selling.errors import OrderNotFound
from events.selling.placing import place_order, public_key
from payments.api.base import invoice_answer
from payments.models import InvoiceKind

ALIAS = re.compile(r"ORDER_([1-9][0-9]{0,17})")


class TicketOrderViewSet(ResourceViewSet):
    """A buyer's own orders."""

    not_found = OrderNotFound

    def mine(self) -> QuerySet[TicketOrder]:
        """The user's orders, with what is answered about them."""
        tickets = Prefetch("tickets", Ticket.objects.with_their_buyers().with_details().order_by("pk"))
        return TicketOrder.objects.visible_to(self.user).select_related("event").prefetch_related(tickets)

    def purchase(self, order: TicketOrder, message: str) -> Response:
        """The order as it stands now."""
        return self.answer(shapes.PurchaseShape.of(self.find(self.mine(), pk=order.pk)), message=message)

    @extend_schema(responses={200: shapes.PurchasePageShape})
    def list(self, request: Request) -> Response:
        """List the user's own orders, newest first."""
        return self.answer_page(shapes.PurchasePageShape, self.mine())

    @extend_schema(request=OrderInput, responses={201: shapes.PlacedOrderShape, **errors(404, 409, 503)})
    @idempotent(one_transaction=True)
    def create(self, request: Request) -> Response:
        """Order tickets of one event; their places are held until they are paid or the hold is over."""
        order = place_order(user=self.user, **order_from(self.validated(OrderInput)))
        # Only what costs nothing has its tickets now.
        tickets = Ticket.objects.none() if order.is_held else Ticket.objects.with_details().order_by("pk")
        prefetch_related_objects([order], Prefetch("tickets", tickets))
        answer = {"order": order, "payment_intent": popup(order)}
        return self.answer(shapes.PlacedOrderShape.of(answer), status=201, message="Order placed.")

    @extend_schema(responses={200: shapes.PurchaseShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at an order."""
        return self.answer(shapes.PurchaseShape.of(self.find(self.mine())))

    @extend_schema(request=VerifyInput, responses={200: shapes.VerdictShape, **errors(404)})
    @action(detail=False, methods=["post"])
    def verify(self, request: Request) -> Response:
        """Ask what became of an order's money. What is not paid is no error; nor is a silent Paystack."""
        return self.verdict()

    def verdict(self) -> Response:
        """What became of the money of the order that the body names."""
        body = self.validated(VerifyInput)
        order = self.named(body["reference"])
        if body.get("order_id") not in (None, order.pk):
            raise OrderNotFound
        verdict = paying.verify(order=order)
        order = self.find(self.mine(), pk=order.pk)
        answer = {"status": verdict.status, "payment_status": order.payment_status, "order": order}
        return self.answer(shapes.VerdictShape.of({**answer, "message": verdict.message}))

    @extend_schema(request=VerifyInput, responses={200: shapes.VerdictShape, **errors(404)})
    @action(detail=False, methods=["post"], url_path="verify-payment")
    def verify_payment(self, request: Request) -> Response:
        """The same as verify."""
        return self.verdict()

    def named(self, reference: str) -> TicketOrder:
        """The user's order of this reference, to the letter, or of its alias. Raises OrderNotFound."""
        alias = ALIAS.fullmatch(reference)
        which: dict[str, Any] = {"pk": int(alias[1])} if alias else {"reference": reference}
        order = self.find(TicketOrder.objects.visible_to(self.user), **which)
        if not alias and order.reference != reference:
            raise OrderNotFound
        return order

    @extend_schema(request=NoInput, responses={200: shapes.PurchaseShape, **errors(409)})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Let an unpaid hold go; 409 once it is paid."""
        order = self.find(TicketOrder.objects.visible_to(self.user))
        expiring.cancel_order(order=order, by=self.user)
        return self.purchase(order, "Order cancelled.")

    @extend_schema(responses={200: shapes.QuoteShape})
    @action(detail=True, methods=["get"])
    def refund(self, request: Request, pk: int) -> Response:
        """Quote what would go back now, for which tickets, and why nothing would."""
        quote = refunding.quote(self.find(TicketOrder.objects.visible_to(self.user).select_related("event")))
        return self.answer(shapes.QuoteShape.of(quote))

    @extend_schema(request=RefundInput, responses={200: shapes.PurchaseShape, **errors(409)})
    @refund.mapping.post
    def give_back(self, request: Request, pk: int) -> Response:
        """Give tickets back: they are cancelled now, and their worth is sent back; 409 where that is refused."""
        order = self.find(TicketOrder.objects.visible_to(self.user).select_related("event"))
        refunding.refund_by_buyer(order=order, ticket_ids=self.validated(RefundInput).get("ticket_ids"), by=self.user)
        return self.purchase(order, "Your refund is on its way.")

    @extend_schema(responses=PDF)
    @action(detail=True, url_path="receipt.pdf")
    def receipt(self, request: Request, pk: int) -> HttpResponse:
        """Fetch the receipt, the same bytes each time; 404 before payment."""
        order = self.find(TicketOrder.objects.visible_to(self.user))
        return invoice_answer(order.holder, kind=InvoiceKind.INVOICE)


def popup(order: TicketOrder) -> dict[str, Any]:
    """With what the browser pays."""
    return {
        "reference": order.reference,
        "amount": to_minor(order.total, order.currency),
        "currency": order.currency,
        "email": order.contact_email or order.user.email,
        "public_key": public_key(),
        "authorization_url": None,
    }
