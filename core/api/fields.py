"""Serializer fields of the contract: strict about JSON types going in, exact going out."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.converters import MAX_ID
from core.money import CENT, quantize
from core.text.card_numbers import has_card_number

CARD_NUMBER_SENT = "Card numbers have no place here. Type yours into the form of the payment provider alone."


def utc(moment: datetime | None) -> str | None:
    """A moment as the contract writes it: `2025-04-01T12:30:45Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def refuse_type(field: serializers.Field[Any, Any, Any, Any]) -> NoReturn:
    """Refuse a value of another JSON type in the words for what cannot be read, under a code of its own."""
    raise serializers.ValidationError(field.error_messages["invalid"], code="type")


class TextField(serializers.CharField):
    """A string; unlike DRF's own, a number is not one."""

    def to_internal_value(self, data: Any) -> str:
        """The text, trimmed."""
        if not isinstance(data, str):
            refuse_type(self)
        return super().to_internal_value(data)


class BlankIsNullField(serializers.CharField):
    """A text of an answer; an empty one is null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> Any:
        return value or None


class WordsField(TextField):
    """What people write and the shop keeps, in which a card number has no place."""

    default_error_messages = {"card_number": CARD_NUMBER_SENT}

    def to_internal_value(self, data: Any) -> str:
        """The text, trimmed."""
        words = super().to_internal_value(data)
        if has_card_number(words):
            self.fail("card_number")
        return words


class IntegerField(serializers.IntegerField):
    """A whole number; unlike DRF's own, neither "1" nor 1.0 nor true is one."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if type(data) is not int:
            refuse_type(self)
        return super().to_internal_value(data)


class IdField(IntegerField):
    """A database id: 1 to 2^63-1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **kwargs)


class BooleanField(serializers.BooleanField):
    """true or false; unlike DRF's own, neither "yes" nor 1 is one."""

    def to_internal_value(self, data: Any) -> bool:
        """The truth."""
        if not isinstance(data, bool):
            refuse_type(self)
        return data


class OneOfField(serializers.ChoiceField):
    """One of a few words; the refusal lists them."""

    default_error_messages = {"invalid_choice": "one of {choices}."}

    def to_internal_value(self, data: Any) -> str:
        """The word."""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(map(str, self.choices)))
        return str(data)


@extend_schema_field(OpenApiTypes.NUMBER)
class MoneyField(serializers.DecimalField):
    """An amount with at most two decimals, a JSON number both ways."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, coerce_to_string=False, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """The amount, exact to the cent; 599.999 is refused, not rounded."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            refuse_type(self)
        # The shortest digits that give this float are the ones that the client wrote.
        return super().to_internal_value(repr(data)).quantize(CENT)

    def to_representation(self, value: Any) -> Any:
        """The amount, a Decimal with two decimals."""
        return quantize(Decimal(value))


@extend_schema_field(OpenApiTypes.DATETIME)
class UtcDateTimeField(serializers.Field):
    """A moment, read-only: UTC with a trailing Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: datetime) -> str | None:
        """The moment as the contract writes it."""
        return utc(value)
