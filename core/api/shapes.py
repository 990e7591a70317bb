"""The shape of an answer, declared once: the class makes the answer, and it documents it."""

from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Manager
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api.fields import UtcDateTimeField, utc

Show = Callable[[Any], Any]

# What DRF's `to_representation` of exactly these fields comes to, without its calls in between.
PLAIN: dict[type, Show] = {
    serializers.CharField: str,
    serializers.IntegerField: int,
    UtcDateTimeField: utc,
}


class Step(NamedTuple):
    """How one key of an answer is made: `get` reads the row, `show` turns what is there into JSON's values."""

    key: str
    get: Show
    show: Show
    is_optional: bool


@extend_schema_serializer(many=False)
class Shape(serializers.Serializer):
    """Declared as a DRF serializer, and only answers: `of(row)` is one object, `all(rows)` a list of them.

    A row is an object or a dict. Each field reads what its `source` names, null when something on the way is (with
    `allow_null`); a `SerializerMethodField` asks its method; a field with `required=False` is left out where a dict
    lacks its key. DRF's own path builds bound fields for each answer; here a class is read once.
    """

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        """The answer about `row`. Raises AttributeError or KeyError when it has not what the shape declares."""
        return shown(cls.steps(isinstance(row, dict)), row)

    @classmethod
    def all(cls, rows: Iterable[Any]) -> list[dict[str, Any]]:
        """The answers about `rows`, which are all of one kind."""
        rows = list(rows)
        steps = cls.steps(isinstance(rows[0], dict)) if rows else ()
        return [shown(steps, row) for row in rows]

    @classmethod
    @cache
    def steps(cls, of_dict: bool) -> tuple[Step, ...]:
        """The fields as they are answered, for rows that are dicts or for those that are objects."""
        return tuple(step_of(field, of_dict=of_dict) for field in cls().fields.values())


def shown(steps: Iterable[Step], row: Any) -> dict[str, Any]:
    answer = {}
    for key, get, show, is_optional in steps:
        if is_optional and isinstance(row, dict) and key not in row:
            continue
        value = get(row)
        answer[key] = None if value is None else show(value)
    return answer


def step_of(field: Any, *, of_dict: bool) -> Step:
    key = str(field.field_name)
    if isinstance(field, serializers.SerializerMethodField):
        return Step(key, getattr(field.parent, field.method_name), as_it_is, False)
    # What is only answered is not required in DRF's sense, and yet never left out.
    is_optional = not field.required and not field.read_only
    return Step(key, getter(field, of_dict=of_dict), shower(field), is_optional)


def as_it_is(value: Any) -> Any:
    return value


def getter(field: Any, *, of_dict: bool) -> Show:
    """What reads the field's value out of a row."""
    if field.source == "*":
        return as_it_is
    first, *rest = field.source_attrs
    if not of_dict:
        return along([first, *rest]) if field.allow_null else attrgetter(field.source)
    if not rest:
        return lambda row: row[first]
    onward = along(rest) if field.allow_null else attrgetter(".".join(rest))
    return lambda row: onward(row[first])


def along(names: list[str]) -> Show:
    """Reads one attribute after the other, and ends with None where one is null or no related row exists."""

    def get(row: Any) -> Any:
        for name in names:
            try:
                row = getattr(row, name)
            except ObjectDoesNotExist:
                return None
            if row is None:
                return None
        return row

    return get


def shower(field: Any) -> Show:
    """What turns the field's value, which is not None, into JSON's values."""
    if isinstance(field, Shape):
        return type(field).of
    if isinstance(field, serializers.ListSerializer) and isinstance(field.child, Shape):
        return rows_of(type(field.child))
    return PLAIN.get(type(field), field.to_representation)


def rows_of(shape: type[Shape]) -> Show:
    """A list of answers, of an iterable or of a related manager."""
    return lambda rows: shape.all(rows.all() if isinstance(rows, Manager) else rows)


class DoneShape(Shape):
    """It was done, and there is nothing to tell."""


class MessageShape(Shape):
    """An answer that only says that it was done."""

    message = serializers.CharField()
