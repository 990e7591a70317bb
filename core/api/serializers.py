"""Bases of the serializers that read bodies."""

from typing import Any

from django.db import models
from rest_framework import serializers

from core.api import fields
from core.card_numbers import without_card_numbers


class RefusesUnknown(serializers.Serializer):
    """A body with a key that the endpoint does not know is refused, so that nothing is lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated values; a 400 names each unknown or read-only key."""
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(without_card_numbers(str(key)) for key in data if key not in writable):
                raise serializers.ValidationError({name: ["This field is not known here."] for name in unknown})
        return super().to_internal_value(data)


class StrictSerializer(RefusesUnknown):
    """A body whose fields are listed one by one; use the fields of `core.api.fields`."""


class StrictModelSerializer(RefusesUnknown, serializers.ModelSerializer):
    """A body shaped like a model, with strict JSON types."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: fields.TextField,
        models.TextField: fields.TextField,
        models.BooleanField: fields.BooleanField,
        models.IntegerField: fields.IntegerField,
        models.PositiveIntegerField: fields.IntegerField,
    }


class EmptyBody(StrictSerializer):
    """An endpoint that takes no input."""
