"""The days that partners ask for."""

from datetime import date, timedelta
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from rest_framework import serializers

from core.api.inputs import QueryInput
from events.days import LAGOS

DAYS, MOST_DAYS = 30, 1100
IN_BOUNDS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31))]


class PeriodQuery(QueryInput):
    """Days in Lagos, both included."""

    start_date = serializers.DateField(
        required=False,
        validators=IN_BOUNDS,
        help_text=f"The first day; by default {DAYS} days that end with the last.",
    )
    end_date = serializers.DateField(
        required=False, validators=IN_BOUNDS, help_text="The last day; by default today."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        last = attrs.get("end_date") or timezone.now().astimezone(LAGOS).date()
        first = attrs.get("start_date") or last - timedelta(days=DAYS - 1)
        if first > last:
            raise serializers.ValidationError({"start_date": "It is after the last day."})
        if (last - first).days >= MOST_DAYS:
            raise serializers.ValidationError({"start_date": f"At most {MOST_DAYS} days."})
        return {"first": first, "last": last}
