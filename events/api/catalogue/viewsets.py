"""Events, read by all and written by their organizers; what is on sale for them; what users like."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.schema import errors
from core.api.shapes import DoneShape
from core.api.viewsets import ResourceViewSet
from core.errors import NotFound
from events import favorites, publishing
from events.api.catalogue import inputs, shapes
from events.api.face import EVENTS
from events.listing import Filters, Listing
from events.models import Category, Event, Favorite, Organizer, TicketType, Venue

OPEN = ("list", "search", "featured", "upcoming", "retrieve")
LONG_PAGE = 100
# A whole list, for clients that count and look up in it.
MOST = 1_000


class Publishes(BasePermission):
    """Owners and managers of a verified organizer."""

    message = publishing.NotTheirs.message

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the user may make events at all."""
        return request.user.is_authenticated and publishing.publishing_for(request.user).exists()


class EventViewSet(ResourceViewSet):
    """The events."""

    not_found = publishing.NoSuchEvent

    def get_permissions(self) -> list[Any]:
        if self.action in OPEN:
            return [AllowAny()]
        return [IsAuthenticated(), *([Publishes()] if self.action == "create" else [])]

    def listing(self, filters: Filters) -> Response:
        return self.answer_page(shapes.EventPageShape, Listing(filters))

    def answer_event(self, event: Event, message: str, *, status: int = 200) -> Response:
        """Answer with the event as it is now."""
        row = Event.objects.with_details().get(pk=event.pk)
        return self.answer(shapes.EventShape.of(row), message=message, status=status)

    @extend_schema(parameters=[inputs.EventListInput], responses={200: shapes.EventPageShape})
    def list(self, request: Request) -> Response:
        """List the published events that pass the filters, soonest first; without a period those not over."""
        return self.listing(inputs.filters_of(self.query(inputs.EventListInput)))

    @extend_schema(parameters=[inputs.EventListInput], responses={200: shapes.EventPageShape})
    @action(detail=False)
    def search(self, request: Request) -> Response:
        """Find published events by words, under the same filters."""
        return self.list(request)

    @extend_schema(responses={200: shapes.EventPageShape})
    @action(detail=False)
    def featured(self, request: Request) -> Response:
        """List the published events that we put first."""
        return self.listing(Filters(featured=True))

    @extend_schema(responses={200: shapes.EventPageShape})
    @action(detail=False)
    def upcoming(self, request: Request) -> Response:
        """List the published events that begin in the future."""
        return self.listing(Filters(upcoming=True))

    @extend_schema(responses={200: shapes.EventShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at an event; drafts are shown to the members of their organizer."""
        return self.answer(shapes.EventShape.of(self.find(Event.objects.visible_to(self.user).with_details())))

    @extend_schema(request=inputs.NewEventInput, responses={201: shapes.EventShape, **errors(403)})
    def create(self, request: Request) -> Response:
        """Make a draft with its ticket types."""
        event = publishing.create_event(by=self.user, fields=self.validated(inputs.NewEventInput))
        return self.answer_event(event, "Event created", status=201)

    @extend_schema(
        request=inputs.ChangedEventInput(partial=True), responses={200: shapes.EventShape, **errors(403, 409)}
    )
    def update(self, request: Request, pk: int) -> Response:
        """Change the given fields and no others; `status` publishes or cancels."""
        return self.change(pk)

    @extend_schema(
        request=inputs.ChangedEventInput(partial=True), responses={200: shapes.EventShape, **errors(403, 409)}
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the given fields and no others; `status` publishes or cancels."""
        return self.change(pk)

    def change(self, pk: int) -> Response:
        event = self.find(Event.objects.visible_to(self.user))
        changes = self.validated(inputs.ChangedEventInput, partial=True, context={"zone": event.time_zone})
        event = publishing.change_event(event_id=pk, by=self.user, changes=changes)
        return self.answer_event(event, "Event updated")

    @extend_schema(request=None, responses={200: shapes.EventShape, **errors(403, 409)})
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete the event, or cancel it when it was ever ordered; the answer is the event."""
        row = self.find(Event.objects.visible_to(self.user).with_details())
        if publishing.remove_event(event_id=pk, by=self.user):
            return self.answer(shapes.EventShape.of(row), message="Event deleted")
        return self.answer_event(row, "Event cancelled, as it has orders")

    @extend_schema(request=None, responses={200: shapes.EventShape, **errors(403, 409)})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: int) -> Response:
        """Put the event on sale."""
        return self.answer_event(publishing.publish_event(event_id=pk, by=self.user), "Event published")

    @extend_schema(request=inputs.CancellationInput, responses={200: shapes.EventShape, **errors(403, 409)})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel the event and refund every paid order in full."""
        reason = self.validated(inputs.CancellationInput).get("reason", "")
        return self.answer_event(
            publishing.call_off_event(event_id=pk, by=self.user, reason=reason), "Event cancelled"
        )

    @extend_schema(request=inputs.TicketTypeInput, responses={201: shapes.TicketTypeShape, **errors(403, 409)})
    @action(detail=True, methods=["post"], url_path="ticket-types")
    def add_type(self, request: Request, pk: int) -> Response:
        """Put another ticket type on sale."""
        event = self.find(Event.objects.visible_to(self.user))
        fields = self.validated(inputs.TicketTypeInput, context={"zone": event.time_zone})
        kind = publishing.add_type(event_id=pk, by=self.user, fields=fields)
        return self.answer(shapes.TicketTypeShape.of(kind), message="Ticket type created", status=201)


class TicketTypeViewSet(ResourceViewSet):
    """What is on sale."""

    not_found = publishing.NoSuchType

    @extend_schema(
        request=inputs.TicketTypeInput(partial=True), responses={200: shapes.TicketTypeShape, **errors(403, 409)}
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the given fields; 409 for a total below what is taken, and for another price of what was sold."""
        kind = self.find(TicketType.objects.filter(event__in=Event.objects.visible_to(self.user)))
        changes = self.validated(inputs.TicketTypeInput, partial=True, context={"zone": kind.event.time_zone})
        kind = publishing.change_type(type_id=pk, by=self.user, changes=changes)
        return self.answer(shapes.TicketTypeShape.of(kind), message="Ticket type updated")

    @extend_schema(request=None, responses={200: DoneShape, **errors(403, 409)})
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete a ticket type of which nothing was sold."""
        publishing.remove_type(type_id=pk, by=self.user)
        return self.answer(message="Ticket type deleted")


class CategoryViewSet(ResourceViewSet):
    """The kinds of events."""

    permission_classes = [AllowAny]
    page_size = LONG_PAGE

    @extend_schema(responses={200: shapes.CategoryPageShape})
    def list(self, request: Request) -> Response:
        """List the categories."""
        return self.answer_page(shapes.CategoryPageShape, Category.objects.all())

    @extend_schema(responses={200: shapes.CategoryShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at a category."""
        return self.answer(shapes.CategoryShape.of(self.find(Category.objects.all())))


class VenueViewSet(ResourceViewSet):
    """Where events take place."""

    permission_classes = [AllowAny]
    page_size = LONG_PAGE

    @extend_schema(responses={200: shapes.VenuePageShape})
    def list(self, request: Request) -> Response:
        """List the venues by name."""
        return self.answer_page(shapes.VenuePageShape, Venue.objects.all())

    @extend_schema(responses={200: shapes.VenueShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at a venue."""
        return self.answer(shapes.VenueShape.of(self.find(Venue.objects.all())))


class OrganizerViewSet(ResourceViewSet):
    """Who holds events."""

    page_size = LONG_PAGE

    def get_permissions(self) -> list[Any]:
        return [IsAuthenticated() if self.action == "create" else AllowAny()]

    @extend_schema(responses={200: shapes.OrganizerPageShape})
    def list(self, request: Request) -> Response:
        """List the verified organizers, and those for whom the user works."""
        return self.answer_page(shapes.OrganizerPageShape, Organizer.objects.visible_to(self.user))

    @extend_schema(responses={200: shapes.OrganizerShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at an organizer."""
        return self.answer(shapes.OrganizerShape.of(self.find(Organizer.objects.visible_to(self.user))))

    @extend_schema(request=inputs.OrganizerInput, responses={201: shapes.OrganizerShape})
    def create(self, request: Request) -> Response:
        """Found an organizer, which the user owns; staff verify it before it can hold events."""
        organizer = publishing.found_organizer(by=self.user, **self.validated(inputs.OrganizerInput))
        return self.answer(shapes.OrganizerShape.of(organizer), message="Organizer created", status=201)


class FavoriteViewSet(ResourceViewSet):
    """What users like."""

    def get_permissions(self) -> list[Any]:
        return [AllowAny() if self.action == "list" else IsAuthenticated()]

    @extend_schema(responses={200: shapes.FavoritePageShape})
    def list(self, request: Request) -> Response:
        """List what the user likes, newest first; nothing without a token.

        Under the second mount the answer is a bare array of all of them.
        """
        rows = favorites.of_user(self.user)
        if request.path_info.startswith(f"{EVENTS.mounts[1]}/"):
            return Response(shapes.FavoriteShape.all(rows[:MOST]))
        return self.answer_page(shapes.FavoritePageShape, rows)

    @extend_schema(
        request=inputs.FavoriteInput,
        responses={200: shapes.FavoriteShape, 201: shapes.FavoriteShape, **errors(404)},
    )
    def create(self, request: Request) -> Response:
        """Like an event: 201, or 200 when the user does already."""
        favorite, is_new = favorites.add(user=self.user, **self.validated(inputs.FavoriteInput))
        message = "Added to favourites" if is_new else "It is a favourite already"
        return self.answer(shapes.FavoriteShape.of(favorite), message=message, status=201 if is_new else 200)

    @extend_schema(request=None, responses={200: DoneShape})
    def destroy(self, request: Request, pk: int) -> Response:
        """Like it no more."""
        if not Favorite.objects.filter(user=self.user, pk=pk).delete()[0]:
            raise NotFound
        return self.answer(message="Removed from favourites")
