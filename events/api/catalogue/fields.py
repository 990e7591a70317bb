"""Fields of the catalogue of events: moments, prices, addresses, degrees."""

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

from core.api.fields import MoneyField, TextField, refuse_type
from events.days import moment_in

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
