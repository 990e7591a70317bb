"""Tickets of the user, and what becomes of them."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.schema import errors
from core.api.shapes import DoneShape
from core.api.views import ApiView
from core.api.viewsets import ResourceViewSet
from core.documents.answers import PDF, pdf
from events.api.tickets import shapes
from events.api.tickets.inputs import TransferInput, UserTicketQuery, WaitingInput
from events.documents.qr import qr_png
from events.documents.ticket import ticket_pdf
from events.gate import transferring
from events.gate.errors import TicketNotFound
from events.models import Ticket
from events.models.ticket import TicketQuerySet
from events.selling import waiting

# The web client looks its tickets up in the whole array.
MOST = 1000
PNG = {(200, "image/png"): OpenApiTypes.BINARY}


class TicketViewSet(ResourceViewSet):
    @extend_schema(responses={200: shapes.UserTicketPageShape})
    def list(self, request: Request) -> Response:
        """List the tickets that the user holds, newest first."""
        return self.answer_page(shapes.UserTicketPageShape, Ticket.objects.visible_to(self.user).with_details())


class UserTicketViewSet(ResourceViewSet):
    """The tickets that the user holds."""

    not_found = TicketNotFound

    def ticket(self) -> Ticket:
        """The ticket that the path names. Raises TicketNotFound."""
        return self.find(Ticket.objects.visible_to(self.user).with_details())

    @extend_schema(parameters=[UserTicketQuery], responses={200: shapes.UserTicketShape(many=True)})
    def list(self, request: Request) -> Response:
        """List all tickets that the user holds, newest first, as a bare array of at most 1,000."""
        found = matching(Ticket.objects.visible_to(self.user), **self.query(UserTicketQuery))
        return Response(shapes.UserTicketShape.all(found.with_details()[:MOST]))

    @extend_schema(responses={200: shapes.UserTicketShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at a ticket."""
        return self.answer(shapes.UserTicketShape.of(self.ticket()))

    @extend_schema(responses={200: shapes.TicketStatsShape})
    @action(detail=False)
    def stats(self, request: Request) -> Response:
        """Count the tickets that the user holds."""
        begun = Q(event__starts_at__lte=timezone.now())
        counted = Ticket.objects.visible_to(self.user).aggregate(
            total=Count("pk"),
            upcoming=Count("pk", filter=~begun),
            past=Count("pk", filter=begun),
            active=Count("pk", filter=Q(status=Ticket.Status.ACTIVE)),
        )
        return self.answer(shapes.TicketStatsShape.of(counted))

    @extend_schema(responses=PDF)
    @action(detail=True, url_path="ticket.pdf", url_name="pdf")
    def ticket_file(self, request: Request, pk: int) -> HttpResponse:
        """Fetch the ticket for printing."""
        ticket = self.ticket()
        return pdf(ticket_pdf(ticket), name=f"ticket-{ticket.pk}.pdf")

    @extend_schema(responses=PNG)
    @action(detail=True, url_path="qr.png", url_name="qr")
    def qr_file(self, request: Request, pk: int) -> HttpResponse:
        """Fetch the picture of its code."""
        ticket = self.find(Ticket.objects.visible_to(self.user))
        return HttpResponse(qr_png(ticket.code), content_type="image/png")

    @extend_schema(request=TransferInput, responses={201: shapes.TransferShape, **errors(409)})
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: int) -> Response:
        """Offer the ticket to another person, who accepts by a link in a mail; 409 while another offer is open."""
        ticket = self.find(Ticket.objects.visible_to(self.user))
        made = transferring.offer(ticket=ticket, to=self.validated(TransferInput)["email"])
        return self.answer(shapes.TransferShape.of(made), status=201, message="The ticket is offered by mail.")

    @extend_schema(request=None, responses={200: DoneShape})
    @transfer.mapping.delete
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take the open offer back, if there is one."""
        transferring.withdraw(ticket=self.find(Ticket.objects.visible_to(self.user)))
        return self.answer(message="The ticket is not offered any more.")


def matching(
    tickets: TicketQuerySet, *, status: str = "", event_status: str = "", search: str = ""
) -> TicketQuerySet:
    """Those of this status, whose event has not begun or has, and whose title or venue has these letters."""
    if status:
        tickets = tickets.filter(status=status)
    if event_status:
        begun = Q(event__starts_at__lte=timezone.now())
        tickets = tickets.filter(begun if event_status == "past" else ~begun)
    if search:
        tickets = tickets.filter(Q(event__title__icontains=search) | Q(event__venue__name__icontains=search))
    return tickets


class AcceptTransfer(ApiView):
    @extend_schema(request=None, responses={200: shapes.UserTicketShape, **errors(403, 404, 409)})
    def post(self, request: Request, token: str) -> Response:
        """Accept a ticket that was offered to the user's address. It gets a new code; the old one is refused."""
        accepted = transferring.accept(token=token, by=self.user)
        ticket = Ticket.objects.with_details().get(pk=accepted.pk)
        return self.answer(shapes.UserTicketShape.of(ticket), message="The ticket is yours now.")


class WaitingList(ApiView):
    @extend_schema(request=WaitingInput, responses={201: shapes.WaitingShape, **errors(404, 409)})
    def post(self, request: Request, pk: int) -> Response:
        """Wait for tickets of a type; free places are offered in order, by mail."""
        entry = waiting.join(user=self.user, event_id=pk, **self.validated(WaitingInput))
        answer = {"id": entry.pk, "position": waiting.position(entry)}
        return self.answer(shapes.WaitingShape.of(answer), status=201, message="You are on the waiting list.")

    @extend_schema(request=None, responses={200: DoneShape, **errors(404)})
    def delete(self, request: Request, pk: int) -> Response:
        """Wait for nothing of this event any more; places that were held are free again."""
        waiting.leave(user=self.user, event_id=pk)
        return self.answer(message="You are not on the waiting list any more.")
