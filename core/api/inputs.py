"""Bases of what reads a body or a query."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.settings import api_settings

from core.api import fields
from core.text.card_numbers import without_card_numbers

Aliases = Mapping[str, str]


class Input(serializers.Serializer):
    """A body, of the fields in `core.api.fields`. It refuses keys that it does not know, so that nothing is lost.

    `aliases` maps further spellings of a key to the field's own name, which wins where both are sent.
    """

    refuses_unknown = True
    aliases: Aliases = {}

    def to_internal_value(self, data: Any) -> Any:
        """The validated values; a 400 names each unknown or read-only key."""
        if not isinstance(data, Mapping):
            message = self.error_messages["invalid"].format(datatype=type(data).__name__)
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [message]}, code="type")
        data = with_own_names(data, self.aliases)
        if self.refuses_unknown:
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(without_card_numbers(str(key)) for key in data if key not in writable):
                raise serializers.ValidationError({name: ["This field is not known here."] for name in unknown})
        return super().to_internal_value(data)


class OpenInput(Input):
    """A body whose unknown keys are ignored."""

    refuses_unknown = False


def with_own_names(data: Mapping[str, Any], aliases: Aliases) -> dict[str, Any]:
    """The body with each field under its own name."""
    renamed = {name: data[alias] for alias, name in aliases.items() if alias in data}
    return {**renamed, **{key: value for key, value in data.items() if key not in aliases}}


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


class NoInput(OpenInput):
    """A call that takes no input, where unknown keys are ignored."""


class QueryInput(serializers.Serializer):
    """Query parameters. Unknown and empty ones are ignored; lists are repeated parameters, or have commas.

    `aliases` are as an Input's.
    """

    aliases: Aliases = {}

    @classmethod
    def read(cls, query: QueryDict) -> dict[str, Any]:
        """The validated parameters. Raises ValidationError, which names the one that makes no sense."""
        given = {name: value for name in query if (value := cls.given(query, name))}
        shaped = cls(data=with_own_names(given, cls.aliases))
        shaped.is_valid(raise_exception=True)
        return shaped.validated_data

    @classmethod
    def given(cls, query: QueryDict, name: str) -> str | list[str]:
        """A parameter's last value, or all of its values where it is a list."""
        field = cls._declared_fields.get(name)
        if not isinstance(field, serializers.ListField):
            is_exact = not getattr(field, "trim_whitespace", True)
            return str(query[name]) if is_exact else str(query[name]).strip()
        return [part.strip() for value in query.getlist(name) for part in str(value).split(",") if part.strip()]
