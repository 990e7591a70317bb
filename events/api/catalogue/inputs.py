"""What the catalogue of events reads: bodies and queries."""

from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.api.fields import EmailField
from core.api.converters import MAX_ID
from core.api.fields import IdField, IntegerField, OneOfField, TextField
from core.api.inputs import OpenInput, QueryInput
from events.api.catalogue.fields import (
    DegreesField,
    MomentField,
    OptionalText,
    PriceField,
    in_zone,
    is_address,
    is_picture,
    is_time_zone,
)
from events.listing import Filters
from events.models import Event
from events.models.ticket_type import DEFAULT_MAX_PER_ORDER

MAX_PRICE = 50_000_000
MAX_QUANTITY = 1_000_000
MAX_TICKETS = 50


class WholeInput(OpenInput):
    """A part of a body that is whole even where only some of the body is sent, which DRF does not ask for."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated values."""
        values = super().to_internal_value(data)
        missing = [name for name, field in self.fields.items() if field.required and name not in data]
        if missing:
            required = ErrorDetail("This field is required.", code="required")
            raise serializers.ValidationError({name: [required] for name in missing})
        return values


class VenueInput(WholeInput):
    """A venue that is not in the list yet."""

    name = TextField(max_length=150, help_text="What it is called.")
    address = OptionalText(max_length=300, help_text="The street.")
    city = TextField(max_length=100, help_text="Its city.")
    state = OptionalText(max_length=100, help_text="Its state.")
    country = TextField(max_length=100, required=False, help_text="Its country; Nigeria by default.")
    capacity = IntegerField(
        min_value=1, max_value=MAX_QUANTITY, required=False, allow_null=True, help_text="How many people it holds."
    )
    latitude = DegreesField(most=90, help_text="Degrees north.")
    longitude = DegreesField(most=180, help_text="Degrees east.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs.get("latitude") is None) != (attrs.get("longitude") is None):
            raise serializers.ValidationError({"longitude": ["Latitude and longitude come together."]})
        return attrs


class QuotaInput(WholeInput):
    """A quota that the ticket types of an event with its name share."""

    name = TextField(max_length=100, help_text="Its name.")
    size = IntegerField(min_value=1, max_value=MAX_QUANTITY, help_text="How many places it has.")


class TicketTypeInput(OpenInput):
    """A kind of ticket. Its moments are of the event's zone unless they say otherwise (`context["zone"]`)."""

    example = {"name": "Regular", "price": 5000, "quantity": 200}
    aliases = {"quantity_available": "quantity"}

    name = TextField(max_length=100, help_text="What it is called.")
    description = OptionalText(max_length=2_000, help_text="What it comes with.")
    price = PriceField(min_value=0, max_value=MAX_PRICE, help_text="Of one, in whole Naira.")
    quantity = IntegerField(min_value=1, max_value=MAX_QUANTITY, help_text="How many are on sale in all.")
    max_per_order = IntegerField(
        min_value=1,
        max_value=100,
        required=False,
        help_text=f"How many one order can have; {DEFAULT_MAX_PER_ORDER} by default.",
    )
    sale_start_date = MomentField(
        source="sale_starts_at", required=False, allow_null=True, help_text="From when it is sold."
    )
    sale_end_date = MomentField(
        source="sale_ends_at", required=False, allow_null=True, help_text="Until when it is sold."
    )
    quota = QuotaInput(required=False, allow_null=True, help_text="A quota that it shares.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if zone := self.context.get("zone"):
            in_zone(attrs, ZoneInfo(zone), **SALE)
        return attrs


SALE = {"sale_starts_at": "sale_start_date", "sale_ends_at": "sale_end_date"}


class RefundPolicyInput(WholeInput):
    """What is refunded, until when."""

    until_hours = IntegerField(min_value=0, max_value=8_760, help_text="How many hours before the start it ends.")
    percent = IntegerField(min_value=1, max_value=100, help_text="How much of the price goes back.")


class EventInput(OpenInput):
    """What organizers write about an event. `context["zone"]` is its zone so far, where it has one."""

    title = TextField(max_length=200, help_text="What it is called.")
    description = TextField(max_length=10_000, allow_blank=True, help_text="What it is about.")
    category_id = IdField(help_text="Its category.")
    venue_id = IdField(required=False, help_text="Its venue, one of the list.")
    venue = VenueInput(required=False, help_text="Its venue, where it is not in the list.")
    start_datetime = MomentField(source="starts_at", help_text="When it begins.")
    end_datetime = MomentField(source="ends_at", help_text="When it ends.")
    time_zone = TextField(
        max_length=50, required=False, validators=[is_time_zone], help_text="Its zone; Africa/Lagos by default."
    )
    event_type = OneOfField(choices=Event.Type.choices, required=False, help_text="Whether one goes there.")
    image_url = OptionalText(max_length=500, validators=[is_picture], help_text="Its picture, on one of our hosts.")
    external_url = OptionalText(max_length=500, validators=[is_address], help_text="More about it elsewhere.")
    refund_policy = RefundPolicyInput(required=False, allow_null=True, help_text="null: nothing is refunded.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        zone = ZoneInfo(attrs.get("time_zone") or self.context.get("zone", DEFAULT_ZONE))
        in_zone(attrs, zone, starts_at="start_datetime", ends_at="end_datetime")
        if "venue_id" in attrs:
            attrs.pop("venue", None)
        return attrs


DEFAULT_ZONE = str(Event._meta.get_field("time_zone").default)


class NewEventInput(EventInput):
    """A draft with what is on sale for it."""

    example = {
        "title": "Jazz by the Lagoon",
        "description": "Three bands and the sea.",
        "category_id": 1,
        "venue": {"name": "Eko Hall", "address": "1 Marina", "city": "Lagos"},
        "start_datetime": "2026-12-05T18:00:00",
        "end_datetime": "2026-12-05T23:00:00",
        "tickets": [{"name": "Regular", "price": 5000, "quantity": 200}],
    }

    organizer_id = IdField(required=False, help_text="Who holds it; the oldest verified one of theirs by default.")
    tickets = TicketTypeInput(  # type: ignore[call-arg]  # the stubs leave the list's length out
        many=True, required=False, max_length=MAX_TICKETS, help_text="What is on sale."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not {"venue_id", "venue"} & attrs.keys():
            raise serializers.ValidationError({"venue_id": ["This field is required."]}, code="required")
        zone = ZoneInfo(attrs.get("time_zone", DEFAULT_ZONE))
        sizes: dict[str, int] = {}
        for number, kind in enumerate(attrs.get("tickets", ())):
            in_zone(kind, zone, **{name: f"tickets[{number}].{key}" for name, key in SALE.items()})
            quota = kind.get("quota")
            if quota and sizes.setdefault(quota["name"], quota["size"]) != quota["size"]:
                raise serializers.ValidationError({f"tickets[{number}].quota": ["Its name has another size."]})
        return attrs


class ChangedEventInput(EventInput):
    """Changes of an event; what is absent stays."""

    status = OneOfField(choices=Event.Status.choices, required=False, help_text="`published`, `cancelled`.")


class CancellationInput(OpenInput):
    """Why it is cancelled."""

    reason = OptionalText(max_length=500, help_text="What ticket holders read.")


class OrganizerInput(OpenInput):
    """A new organizer."""

    example = {"name": "Lagoon Events", "email": "hello@example.com"}

    name = TextField(min_length=2, max_length=150, help_text="What it is called.")
    email = EmailField(max_length=254, help_text="Where it is reached.")
    phone = OptionalText(max_length=40, help_text="Where it is called.")


class FavoriteInput(OpenInput):
    """The event that the user likes."""

    example = {"event_id": 123}

    event_id = IdField(help_text="The event.")


class EventListInput(QueryInput):
    """The filters, which combine."""

    aliases = {"q": "search"}

    city = serializers.CharField(max_length=100, required=False, help_text="The whole name, in any case.")
    category_id = serializers.IntegerField(min_value=1, max_value=MAX_ID, required=False, help_text="The category.")
    event_type = serializers.ChoiceField(Event.Type.choices, required=False, help_text="Whether one goes there.")
    is_free = serializers.ChoiceField(["true", "false"], required=False, help_text="Whether all of it is free.")
    search = serializers.CharField(
        max_length=200,
        required=False,
        help_text="Words (also `q`); each begins one of title, description, venue, city, organizer or category.",
    )
    start_date = serializers.DateField(
        input_formats=["%Y-%m-%d"], required=False, help_text="The first day on which it starts, where it is."
    )
    end_date = serializers.DateField(
        input_formats=["%Y-%m-%d"], required=False, help_text="The last day on which it starts, where it is."
    )


def filters_of(values: dict[str, Any]) -> Filters:
    """The filters of a query."""
    is_free = values.pop("is_free", None)
    return Filters(**values, is_free=None if is_free is None else is_free == "true")
