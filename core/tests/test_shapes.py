"""A shape answers as DRF's own serializer of the same declaration would, to the byte."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ObjectDoesNotExist
from rest_framework import serializers

from core.api.fields import BlankIsNullField, MoneyField, UtcDateTimeField
from core.api.renderers import JsonRenderer
from core.api.shapes import Shape


@dataclass
class Maker:
    name: str


@dataclass
class Part:
    pk: int
    price: Decimal


@dataclass
class Thing:
    pk: int = 7
    title: str = "ThinkPad “T480”"
    price: Decimal = Decimal("599.99")
    note: str = ""
    made_at: datetime = datetime(2025, 4, 1, 12, 30, 45, 123456, tzinfo=UTC)
    maker: Maker | None = field(default_factory=lambda: Maker("Lenovo"))
    parts: list = field(default_factory=lambda: [Part(1, Decimal("1")), Part(2, Decimal("2.5"))])

    @property
    def owner(self):
        raise ObjectDoesNotExist


class PartShape(Shape):
    id = serializers.IntegerField(source="pk")
    price = MoneyField()


class ThingShape(Shape):
    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    price = MoneyField()
    note = BlankIsNullField()
    made_at = UtcDateTimeField()
    maker = serializers.CharField(source="maker.name", allow_null=True)
    owner = serializers.CharField(source="owner.name", allow_null=True)
    parts = PartShape(many=True)
    length = serializers.SerializerMethodField()

    def get_length(self, thing):
        return len(thing.title)


class EnvelopeShape(Shape):
    message = serializers.CharField()
    thing = ThingShape(allow_null=True)
    total = serializers.IntegerField(required=False)


def as_bytes(value):
    return JsonRenderer().render(value)


def test_it_answers_what_the_serializer_answers_to_the_byte():
    thing = Thing()
    assert as_bytes(ThingShape.of(thing)) == as_bytes(ThingShape(thing).data)
    assert as_bytes(ThingShape.all([thing, thing])) == as_bytes(ThingShape([thing, thing], many=True).data)
    assert ThingShape.of(thing)["made_at"] == "2025-04-01T12:30:45Z"


def test_null_on_the_way_is_null():
    assert ThingShape.of(Thing(maker=None))["maker"] is None
    assert ThingShape.of(Thing())["owner"] is None
    assert ThingShape.of(Thing())["note"] is None


def test_a_dict_is_a_row_too_and_may_lack_what_is_optional():
    assert EnvelopeShape.of({"message": "Done", "thing": None}) == {"message": "Done", "thing": None}
    assert EnvelopeShape.of({"message": "Done", "thing": Thing(), "total": 3})["total"] == 3


def test_what_is_only_answered_may_not_lack_in_a_dict():
    class NotedShape(Shape):
        note = BlankIsNullField(source="thing.note")
        made_at = UtcDateTimeField(source="thing.made_at")

    thing = Thing()
    assert NotedShape.of({"thing": thing}) == {"note": None, "made_at": "2025-04-01T12:30:45Z"}
    with pytest.raises(KeyError):
        NotedShape.of({})


@pytest.mark.parametrize("row", [{"message": "Done"}, {"thing": None}])
def test_a_dict_that_lacks_what_is_declared_is_an_error(row):
    with pytest.raises(KeyError):
        EnvelopeShape.of(row)


def test_an_attribute_that_does_not_exist_is_an_error_even_where_null_is_allowed():
    class TypoShape(Shape):
        maker = serializers.CharField(source="maker.nmae", allow_null=True)

    with pytest.raises(AttributeError):
        TypoShape.of(Thing())


def test_a_subclass_has_fields_of_its_own():
    class ShortShape(PartShape):
        label = serializers.CharField()

    assert [*PartShape.of(Part(1, Decimal(2)))] == ["id", "price"]
    assert [step.key for step in ShortShape.steps(False)] == ["id", "price", "label"]


def test_no_rows_are_an_empty_list():
    assert ThingShape.all(iter([])) == []
