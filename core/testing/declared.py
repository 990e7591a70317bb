"""Holds every answer of an API against its OpenAPI document: exactly the keys that it declares, all of them."""

import re
from functools import cache
from typing import Any

from django.urls import Resolver404, resolve

from core.api.document import document_of
from core.api.faces import SHOP, Face, face_at


@cache
def operations(face: Face = SHOP) -> dict[tuple[str, str], dict[str, Any]]:
    """The document's calls by method and by path without the names of its parameters."""
    paths = document_of(face)["paths"].items()
    return {(method.upper(), skeleton(path)): call for path, item in paths for method, call in item.items()}


def skeleton(path: str) -> str:
    """A path without the names of its parameters and under the first mount: `/api/orders/{}`."""
    return re.sub(r"<[^>]*>|\{[^}]*\}", "{}", (face_at(path) or SHOP).canonical(path))


def departures(answer: Any) -> list[str]:
    """Where a JSON answer of the test client has other keys than the document declares for its call and status."""
    if answer.get("Content-Type") != "application/json":
        return []
    try:
        route = resolve(answer.wsgi_request.path_info).route
    except Resolver404:
        return []
    face = face_at(answer.wsgi_request.path_info) or SHOP
    call = operations(face).get((answer.request["REQUEST_METHOD"], skeleton(f"/{route}")))
    declared = call and call["responses"].get(str(answer.status_code))
    if not declared or "application/json" not in declared.get("content", {}):
        return []
    return list(of_value(answer.json(), declared["content"]["application/json"]["schema"], "$", face))


def of_value(value: Any, schema: dict[str, Any], path: str, face: Face = SHOP) -> list[str]:
    schema = resolved(schema, face)
    if isinstance(value, list):
        return [found for item in value for found in of_value(item, schema.get("items", {}), f"{path}[]", face)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    properties, required = schema["properties"], set(schema.get("required", ()))
    wrong = [f"{path}.{key} is not declared" for key in value.keys() - properties.keys()]
    wrong += [f"{path}.{key} is missing" for key in required - value.keys()]
    known = value.keys() & properties.keys()
    return wrong + [found for key in known for found in of_value(value[key], properties[key], f"{path}.{key}", face)]


def resolved(schema: dict[str, Any], face: Face = SHOP) -> dict[str, Any]:
    """What a schema refers to."""
    while "$ref" in schema or "allOf" in schema:
        name = (schema if "$ref" in schema else schema["allOf"][0])["$ref"].rsplit("/")[-1]
        schema = document_of(face)["components"]["schemas"][name]
    return schema
