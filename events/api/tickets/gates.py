"""The calls of scanners. A check-in list is an event, and has its id."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.schema import errors
from core.api.viewsets import ResourceViewSet
from events.api.tickets import shapes
from events.api.tickets.inputs import ScanInput, SyncInput, UndoInput
from events.gate import admitting, lists, syncing
from events.gate.admitting import Presented
from events.gate.codes import signing_keys
from events.gate.errors import ListNotFound, NotAMember, TicketNotFound
from events.models import Event, Ticket


class IsMember(BasePermission):
    """Those who work for an organizer."""

    message = NotAMember.message

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the user works for any."""
        user = request.user
        return bool(user and user.is_authenticated and user.organizer_memberships.exists())


class GateViewSet(ResourceViewSet):
    """What is listed is for members; what is not theirs does not exist for them."""

    def get_permissions(self) -> list[Any]:
        """Members list."""
        return [IsMember()] if self.action == "list" else list(super().get_permissions())


class CheckInKeysViewSet(GateViewSet):
    @extend_schema(responses={200: shapes.KeysShape, **errors(403)})
    def list(self, request: Request) -> Response:
        """Fetch what verifies codes offline: our public keys, and the codes that were revoked."""
        answer = {"keys": signing_keys().values(), "revoked": lists.revoked_for(self.user)}
        return self.answer(shapes.KeysShape.of(answer))


class CheckInListViewSet(GateViewSet):
    """The gates of the events of the user's organizers."""

    not_found = ListNotFound

    def event(self) -> Event:
        """The event that the path names, with its details. Raises ListNotFound."""
        return self.find(lists.lists_of(self.user).with_details())

    @extend_schema(responses={200: shapes.CheckInListPageShape, **errors(403)})
    def list(self, request: Request) -> Response:
        """List the events at whose gates the user may scan, with how many came."""
        return self.answer_page(shapes.CheckInListPageShape, lists.with_counts(lists.lists_of(self.user)))

    @extend_schema(request=ScanInput, responses={200: shapes.ScanShape, **errors(404)})
    @action(detail=True, methods=["post"])
    def scan(self, request: Request, pk: int) -> Response:
        """Scan a code at the gate: admitted once. The same `scan_id` gets the same answer."""
        event = self.event()
        made = admitting.scan(event=event, presented=Presented(**self.validated(ScanInput)), by=self.user)
        return self.answer(shapes.ScanShape.of(made), message=made.get_result_display())

    @extend_schema(request=SyncInput, responses={200: shapes.SyncShape, **errors(404)})
    @action(detail=True, methods=["post"])
    def sync(self, request: Request, pk: int) -> Response:
        """Hand in up to 500 scans that were made offline; they count by their own times."""
        event = self.event()
        scans = [Presented(**scan) for scan in self.validated(SyncInput)["scans"]]
        results = syncing.sync(event=event, scans=scans, by=self.user)
        answer = {"results": results, "conflicts": [one for one in results if one.is_conflict]}
        return self.answer(shapes.SyncShape.of(answer))

    @extend_schema(request=UndoInput, responses={200: shapes.UserTicketShape, **errors(404, 409)})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: int) -> Response:
        """Let a ticket that was scanned by mistake admit again; owners and managers only."""
        event = self.event()
        body = self.validated(UndoInput)
        ticket = Ticket.objects.filter(event=event, pk=body["user_ticket_id"]).first()
        if ticket is None:
            raise TicketNotFound
        admitting.undo(ticket=ticket, by=self.user, reason=body["reason"])
        ticket.event = event
        return self.answer(shapes.UserTicketShape.of(ticket), message="The scan is undone.")
