"""What bodies may hold: strict JSON, strict types, no unknown keys, clear words."""

import io
import json
from decimal import Decimal

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ParseError

from core.api import fields
from core.api.errors import flatten, wrong_fields
from core.api.inputs import Input
from core.api.parsers import FormParser, JsonParser
from core.api.renderers import JsonRenderer


class Body(Input):
    """One field of each kind."""

    text = fields.TextField(max_length=10, required=False)
    number = fields.IntegerField(required=False)
    id = fields.IdField(required=False)
    flag = fields.BooleanField(required=False)
    amount = fields.MoneyField(required=False)
    fixed = fields.TextField(read_only=True)


def parse(raw):
    return JsonParser().parse(io.BytesIO(raw))


def test_a_form_is_read_as_texts():
    form = "email=a%40b.example&password=p%C3%A9+%26&empty=&email=c%40d.example"
    read = FormParser().parse(io.BytesIO(form.encode()))
    assert read == {"email": "c@d.example", "password": "pé &", "empty": ""}


@pytest.mark.parametrize("raw", [b"\xff=1", b"a=%FF", b"a=%ED%A0%80", b"&".join([b"a=1"] * 101)])
def test_what_is_no_form_of_people_is_refused(raw):
    with pytest.raises(ParseError):
        FormParser().parse(io.BytesIO(raw))


@pytest.mark.parametrize("raw", [b"", b"  \n"])
def test_an_empty_body_is_an_empty_object(raw):
    assert parse(raw) == {}


@pytest.mark.parametrize(
    "raw",
    [b"{", b"\xff\xfe", b'{"a": NaN}', b"[Infinity]", b"[" * 100_000, b'{"a": 1' + b"0" * 5000 + b"}", b"{'a': 1}"],
)
def test_what_is_not_json_is_refused(raw):
    with pytest.raises(ParseError):
        parse(raw)


ALL_TYPES = [None, True, 1, -1, 1.5, 2**70, "text", "1", "\x00", "\ud800", "x" * 5000, [], [1], {}, {"a": 1}]
GOOD = {
    "text": {"text", "1"},
    "number": {1, -1, 2**70},
    "id": {1},
    "flag": {True},
    "amount": {1, -1, 1.5},
}


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", ALL_TYPES, ids=lambda value: repr(value)[:20])
def test_a_field_takes_its_own_type_and_no_other(name, value):
    body = Body(data={name: value})
    wanted = any(type(value) is type(good) and value == good for good in GOOD[name])
    assert body.is_valid() is wanted, body.errors


@pytest.mark.parametrize("key", ["unknown", "fixed", "", "💥"])
def test_an_unknown_or_fixed_key_is_named(key):
    body = Body(data={key: 1})
    assert not body.is_valid()
    assert list(body.errors) == [key]


@pytest.mark.parametrize("data", [None, [], "text", 5, [{}]])
def test_a_body_that_is_no_object_is_refused(data):
    assert not Body(data=data).is_valid()


@pytest.mark.parametrize(("written", "kept"), [(599.99, "599.99"), (5, "5.00"), (0.1, "0.10")])
def test_an_amount_is_the_digits_that_the_client_wrote(written, kept):
    body = Body(data={"amount": json.loads(json.dumps(written))})
    assert body.is_valid()
    assert str(body.validated_data["amount"]) == kept


@pytest.mark.parametrize("amount", [599.999, 1e30, 12345678901.0])
def test_an_amount_with_more_than_two_decimals_is_refused(amount):
    assert not Body(data={"amount": amount}).is_valid()


def test_amounts_are_written_with_their_own_digits():
    written = JsonRenderer().render(
        {"total": Decimal("599.90"), "big": Decimal("9999999999.99"), "e": Decimal("1E+2")}
    )
    assert written == b'{"total":599.90,"big":9999999999.99,"e":100}'


def test_the_text_of_a_validation_error_names_the_field():
    error = serializers.ValidationError({"items": [{}, {"quantity": [ErrorDetail("Too small.")]}]})
    refusal = wrong_fields(error)
    assert refusal.message == "items[1].quantity: Too small."
    assert refusal.details == {"items[1].quantity": ["Too small."]}


def test_errors_of_no_field_are_errors_of_the_body():
    assert dict(flatten({"non_field_errors": ["Bad."]})) == {"body": ["Bad."]}
