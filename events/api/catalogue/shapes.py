"""What the catalogue of events answers."""

from datetime import datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import BlankIsNullField, MoneyField, UtcDateTimeField
from core.api.pagination import PageShape
from core.api.shapes import Shape
from events.models import Event


@extend_schema_field(OpenApiTypes.DATETIME)
class LocalDateTimeField(serializers.Field):
    """A moment with the offset of the zone in which it is given: `2026-12-05T18:00:00+01:00`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: datetime) -> str:
        """The moment as the contract writes it."""
        return value.isoformat(timespec="seconds")


class CategoryShape(Shape):
    """A kind of event."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="What it is called.")
    slug = serializers.CharField(help_text="Its name in addresses.")
    icon = BlankIsNullField(help_text="Its picture.")


class CoordinatesShape(Shape):
    """A place on earth."""

    lat = serializers.FloatField(help_text="Degrees north.")
    lng = serializers.FloatField(help_text="Degrees east.")


class VenueShape(Shape):
    """Where events take place."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="What it is called.")
    address = serializers.CharField(help_text="Street and number.")
    city = serializers.CharField(help_text="Its city.")
    state = serializers.CharField(help_text="Its state.")
    country = serializers.CharField(help_text="Its country.")
    capacity = serializers.IntegerField(allow_null=True, help_text="How many people it holds.")
    latitude = serializers.FloatField(allow_null=True, help_text="Degrees north.")
    longitude = serializers.FloatField(allow_null=True, help_text="Degrees east.")
    coordinates = CoordinatesShape(allow_null=True, help_text="Both.")


class OrganizerShape(Shape):
    """Who holds events."""

    id = serializers.IntegerField()
    name = serializers.CharField(help_text="What it is called.")
    email = serializers.CharField(help_text="Where it is reached.")
    phone = BlankIsNullField(help_text="Where it is called.")
    logo_url = BlankIsNullField(help_text="Its picture.")
    is_verified = serializers.BooleanField(help_text="Whether we have verified it.")


class TicketTypeShape(Shape):
    """A kind of ticket of one event."""

    id = serializers.IntegerField()
    event_id = serializers.IntegerField(help_text="The event.")
    name = serializers.CharField(help_text="What it is called.")
    description = BlankIsNullField(help_text="What it comes with.")
    price = MoneyField(help_text="Of one, in Naira.")
    quantity_available = serializers.IntegerField(source="total", help_text="How many are on sale in all.")
    quantity_sold = serializers.IntegerField(source="quota.taken", help_text="How many of them are sold or held.")
    is_available = serializers.BooleanField(help_text="Whether it can be ordered now.")
    sale_start_date = UtcDateTimeField(source="sale_starts_at", allow_null=True, help_text="From when it is sold.")
    sale_end_date = UtcDateTimeField(source="sale_ends_at", allow_null=True, help_text="Until when it is sold.")
    max_per_order = serializers.IntegerField(help_text="How many one order can have.")


class RefundPolicyShape(Shape):
    """What is refunded."""

    until_hours = serializers.IntegerField(help_text="How many hours before the start it ends.")
    percent = serializers.IntegerField(help_text="How much of the price goes back.")


class EventShape(Shape):
    """An event, of `Event.objects.with_details()`."""

    id = serializers.IntegerField()
    title = serializers.CharField(help_text="What it is called.")
    description = serializers.CharField(help_text="What it is about.")
    category_id = serializers.IntegerField(help_text="Its category.")
    venue_id = serializers.IntegerField(help_text="Its venue.")
    organizer_id = serializers.IntegerField(help_text="Its organizer.")
    start_datetime = LocalDateTimeField(source="local_start", help_text="When it begins.")
    end_datetime = LocalDateTimeField(source="local_end", help_text="When it ends.")
    image_url = BlankIsNullField(help_text="Its picture.")
    is_free = serializers.BooleanField(help_text="Whether every ticket type costs nothing.")
    status = serializers.ChoiceField(Event.Status.choices, help_text="Where it is in its life.")
    event_type = serializers.ChoiceField(Event.Type.choices, help_text="Whether one goes there.")
    external_url = BlankIsNullField(help_text="More about it elsewhere.")
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()
    venue = VenueShape(help_text="Where it is.")
    organizer = OrganizerShape(help_text="Who holds it.")
    category = CategoryShape(help_text="What kind it is of.")
    tickets = TicketTypeShape(source="shown_ticket_types", many=True, help_text="What is on sale.")
    favorite_count = serializers.IntegerField(help_text="How many users like it.")
    time_zone = serializers.CharField(help_text="The zone of its times.")
    is_featured = serializers.BooleanField(help_text="Whether we put it first.")
    refund_policy = RefundPolicyShape(allow_null=True, help_text="What is refunded; null: nothing.")


class FavoriteShape(Shape):
    """An event that the user likes."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField(help_text="The user.")
    event_id = serializers.IntegerField(help_text="The event.")
    created_at = UtcDateTimeField()
    event = EventShape(help_text="The event, as it is now.")


class EventPageShape(PageShape):
    """A page of events."""

    events = EventShape(many=True, help_text="The events of this page.")


class CategoryPageShape(PageShape):
    """A page of categories."""

    categories = CategoryShape(many=True, help_text="The categories of this page.")


class VenuePageShape(PageShape):
    """A page of venues."""

    venues = VenueShape(many=True, help_text="The venues of this page.")


class OrganizerPageShape(PageShape):
    """A page of organizers."""

    organizers = OrganizerShape(many=True, help_text="The organizers of this page.")


class FavoritePageShape(PageShape):
    """A page of what the user likes."""

    favorites = FavoriteShape(many=True, help_text="The favourites of this page.")
