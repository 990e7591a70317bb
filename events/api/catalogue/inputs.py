"""What the catalogue of events reads: bodies and queries."""

import re
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.api.fields import EmailField
from core.api.converters import MAX_ID
from core.api.fields import IdField, IntegerField, MoneyField, OneOfField, TextField, refuse_type
from core.api.inputs import OpenInput, QueryInput
from events.days import moment_in
from events.listing import Filters
from events.models import Event
from events.models.ticket_type import DEFAULT_MAX_PER_ORDER

MAX_PRICE = 50_000_000
MAX_QUANTITY = 1_000_000
MAX_TICKETS = 50
FIRST_YEAR, LAST_YEAR, MAX_MOMENT = 2000, 2100, 40
PICTURE = re.compile(r"https://([A-Za-z0-9.-]{1,253})(?:[/?#][!#-&(-;=?-\[\]-_a-~]*)?")
ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]{0,252}(?::\d{1,5})?(?:[/?#][!#-&(-;=?-\[\]-_a-~]*)?")


@cache
def time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_picture(value: str) -> None:
    """Raises ValidationError unless `value` is https on a host of EVENTS_IMAGE_HOSTS."""
    found = PICTURE.fullmatch(value)
    host = found[1].lower() if found else ""
    hosts = settings.EVENTS_IMAGE_HOSTS
    if not any(host.endswith(known[1:]) if known.startswith("*.") else host == known for known in hosts):
        raise serializers.ValidationError("A picture is an https address on one of our picture hosts.")


def is_address(value: str) -> None:
    """Raises ValidationError unless `value` leads to a web page."""
    if not ADDRESS.fullmatch(value):
        raise serializers.ValidationError("This is no web address.")


def is_time_zone(value: str) -> None:
    """Raises ValidationError for what is no zone of the IANA database."""
    if value not in time_zones():
        raise serializers.ValidationError("There is no such time zone.")


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentField(serializers.Field):
    """A date and time of ISO 8601; one without an offset is one of the event's zone, where `in_zone` puts it."""

    default_error_messages = {"invalid": "This is no date and time such as 2026-12-05T18:00:00+01:00."}

    def to_internal_value(self, data: Any) -> datetime:
        """The moment, perhaps without an offset."""
        if not isinstance(data, str):
            refuse_type(self)
        try:
            moment = parse_datetime(data) if len(data) <= MAX_MOMENT else None
        except ValueError:
            moment = None
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail("invalid")
        return moment.replace(microsecond=0)


class PriceField(MoneyField):
    """A price in whole Naira: the web client's popup multiplies it by 100 as a float."""

    def to_internal_value(self, data: Any) -> Decimal:
        """The price."""
        price = super().to_internal_value(data)
        if price != price.to_integral_value():
            raise serializers.ValidationError("A price is in whole Naira.")
        return price


def in_zone(values: dict[str, Any], zone: ZoneInfo, **names: str) -> None:
    """Turn the moments of `values` into UTC; `names` are their keys in the body. Raises ValidationError."""
    for name, key in names.items():
        if isinstance(moment := values.get(name), datetime):
            try:
                values[name] = moment_in(moment, zone)
            except ValueError as error:
                raise serializers.ValidationError({key: [str(error)]}) from error


class OptionalText(TextField):
    """A text that may be missing; null is the empty one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, **kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """The same as any field's, with null as the empty text."""
        is_empty, value = super().validate_empty_values(data)
        return is_empty, "" if data is None else value


@extend_schema_field(OpenApiTypes.NUMBER)
class DegreesField(serializers.Field):
    """Degrees on the map, rounded to a hand's breadth."""

    default_error_messages = {"invalid": "A number of degrees is required.", "max_value": "This is not on earth."}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(required=False, allow_null=True, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """The degrees."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            refuse_type(self)
        if not -self.most <= data <= self.most:
            self.fail("max_value")
        return Decimal(repr(data)).quantize(Decimal("0.000001"))


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
