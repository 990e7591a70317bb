"""The OpenAPI document tells a reader what each call, parameter and property is, with examples that are true."""

import pytest

from core.api.document import document_of
from core.api.faces import FACES
from core.api.inputs import Input
from core.api.shapes import MessageShape, Shape
from core.testing.declared import of_value, operations

DOCUMENTS = {face: document_of(face) for face in FACES.values()}
CALLS = [call for made in DOCUMENTS.values() for item in made["paths"].values() for call in item.items()]
SCHEMAS = [
    (face, name, schema)
    for face, made in DOCUMENTS.items()
    for name, schema in made.get("components", {}).get("schemas", {}).items()
]
EXAMPLES = [
    pytest.param(face, name, schema, id=f"{face.name} {name}")
    for face, name, schema in SCHEMAS
    if "example" in schema
]


def subclasses(base):
    """All classes below this one, by name."""
    return {sub.__name__: sub for kind in base.__subclasses__() for sub in (kind, *subclasses(kind).values())}


def test_every_property_is_described():
    properties = {
        f"{face.name} {name}.{key}": schema
        for face, name, owner in SCHEMAS
        for key, schema in owner.get("properties", {}).items()
    }
    assert properties
    assert [name for name, schema in properties.items() if not schema.get("description")] == []


def test_every_parameter_is_described():
    parameters = [(call["operationId"], one) for _, call in CALLS for one in call.get("parameters", ())]
    assert parameters
    assert [(call, one["name"]) for call, one in parameters if not one.get("description")] == []


def test_every_call_has_a_headline_one_tag_and_described_answers():
    for _, call in CALLS:
        assert call["summary"] and len(call["tags"]) == 1, call["operationId"]
        assert all(answer["description"] for answer in call["responses"].values()), call["operationId"]


def test_ids_in_paths_are_integers():
    ids = [
        one for _, call in CALLS for one in call.get("parameters", ()) if one["in"] == "path" and one["name"] == "id"
    ]
    assert ids
    assert {one["schema"]["type"] for one in ids} == {"integer"}


def test_calls_of_a_resource_are_named_after_it():
    named = {key: call["operationId"] for key, call in operations().items()}
    assert named["GET", "/api/orders"] == "orders_list"
    assert named["POST", "/api/orders/{}/cancel"] == "orders_cancel"
    assert named["GET", "/api/rentals/{}/buyout"] == "rentals_buyout_quote"
    assert named["POST", "/api/auth/login"] == "auth_login"


def test_answers_begin_with_their_message_and_pages_with_their_rows():
    keys = {name: [step.key for step in kind.steps(True)] for name, kind in subclasses(Shape).items()}
    changes = subclasses(MessageShape)
    assert len(changes) > 10
    assert [name for name in changes if keys[name][0] != "message"] == []
    assert keys["ProductPageShape"] == ["products", "pagination", "facets"]
    assert keys["NoticePageShape"][-1] == "pagination"


@pytest.mark.parametrize(("face", "name", "schema"), EXAMPLES)
def test_an_example_has_the_keys_of_its_schema(face, name, schema):
    """Of an answer all of them, of a body those that it needs."""
    required = schema.get("required", []) if name.endswith("Input") else [*schema["properties"]]
    assert of_value(schema["example"], {**schema, "required": required}, "$", face) == []


@pytest.mark.parametrize("kind", [kind for kind in subclasses(Input).values() if "example" in vars(kind)])
def test_an_example_of_an_input_is_taken(kind):
    shaped = kind(data=kind.example)
    assert shaped.is_valid(), shaped.errors
