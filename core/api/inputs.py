"""Bases of what reads a body or a query."""

from typing import Any

from django.db import models
from django.http import QueryDict
from rest_framework import serializers

from core.api import fields
from core.text.card_numbers import without_card_numbers


class Input(serializers.Serializer):
    """A body, of the fields in `core.api.fields`. It refuses keys that it does not know, so that nothing is lost."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated values; a 400 names each unknown or read-only key."""
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(without_card_numbers(str(key)) for key in data if key not in writable):
                raise serializers.ValidationError({name: ["This field is not known here."] for name in unknown})
        return super().to_internal_value(data)


class ModelInput(Input, serializers.ModelSerializer):
    """A body shaped like a model, with strict JSON types."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: fields.TextField,
        models.TextField: fields.TextField,
        models.BooleanField: fields.BooleanField,
        models.IntegerField: fields.IntegerField,
        models.PositiveIntegerField: fields.IntegerField,
    }


class EmptyInput(Input):
    """A call that takes no input."""


class QueryInput(serializers.Serializer):
    """Query parameters. Unknown and empty ones are ignored; lists are repeated parameters, or have commas."""

    @classmethod
    def read(cls, query: QueryDict) -> dict[str, Any]:
        """The validated parameters. Raises ValidationError, which names the one that makes no sense."""
        shaped = cls(data={name: value for name in query if (value := cls.given(query, name))})
        shaped.is_valid(raise_exception=True)
        return shaped.validated_data

    @classmethod
    def given(cls, query: QueryDict, name: str) -> str | list[str]:
        """A parameter's last value, or all of its values where it is a list."""
        if not isinstance(cls._declared_fields.get(name), serializers.ListField):
            return str(query[name]).strip()
        return [part.strip() for value in query.getlist(name) for part in str(value).split(",") if part.strip()]
