"""What the OpenAPI document says beside the views' own words."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from django.conf import settings
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, is_list_serializer
from drf_spectacular.utils import OpenApiResponse

from core.api.faces import SHOP, Face, face_at
from core.api.forms import ErrorShape, Schema
from core.api.idempotency import PARAMETER, takes_key
from core.api.inputs import Input, QueryInput
from core.api.pagination import PageShape, Paginator
from core.api.permissions import IsAdmin, IsStaff, StaffWrites
from core.api.shapes import Shape

# What a property is, where its serializer does not say it otherwise.
DESCRIPTIONS = {
    "id": "The number under which the API knows it.",
    "address_type": "What the address may be used for.",
    "card": "The number of a test card.",
    "city": "The town.",
    "country": "ISO 3166-1, two letters.",
    "created_at": "When it was made, UTC.",
    "currency": "ISO 4217, three capital letters.",
    "email": "An e-mail address, however it is spelled.",
    "first_name": "The given name.",
    "is_default": "Whether it is used where no other is named.",
    "language": "Of the mails.",
    "last_name": "The family name.",
    "message": "What was done, in a sentence for people.",
    "new_password": "The password from now on.",
    "notes": "A remark for people.",
    "password": "The password.",
    "phone": "For carriers.",
    "state": "State, province or region.",
    "status": "Where it stands in its life.",
    "street_address": "Street and house.",
    "token": "A token from a mail, or for the Authorization header.",
    "updated_at": "When it last changed, UTC.",
    "user_id": "Whose it is.",
    "zip_code": "The postcode.",
}


def errors(*statuses: int) -> dict[int, type[ErrorShape]]:
    """The `responses` of error statuses that only some calls have, to be merged into a call's own.

    Those that follow from what the call is (`common_errors`) need not be named.
    """
    return dict.fromkeys(statuses, ErrorShape)


def with_open_choices(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Of several answers one may have all the keys of another: what is answered fits any of them."""
    for schema in result.get("components", {}).get("schemas", {}).values():
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
    return result


class ContractSchema(AutoSchema):
    """Names each call as a person would, and adds what follows from what the call is: headers, pages, errors.

    How answers and errors look is said by the form of the face to which the path belongs.
    """

    @property
    def face(self) -> Face:
        """The face in whose document the call stands."""
        return face_at(self.path) or SHOP

    def get_operation_id(self) -> str:
        """`orders_cancel`: resource and action, or the words of the path; a call's further methods have a suffix."""
        if self.is_deprecated():
            return self.id_of_alias()
        action = getattr(self.view, "action", None)
        parts = [*self.get_tags(), action] if action else self.words_of_path()
        return spelled([*parts, *self.further_method()])

    def words_of_path(self) -> list[str]:
        """The path without parameters, but for one that it ends with: `payments_webhook_by_gateway`."""
        *parts, last = self.face.local(self.path).split("/")
        words = [part for part in parts if not part.startswith("{")]
        return [*words, f"by_{last.strip('{}')}" if last.startswith("{") else last]

    def further_method(self) -> list[str]:
        """The method, unless it is the first one with which this call is made."""
        method, actions = self.method.lower(), vars(self.view).get("action_map")
        if actions:
            methods = [name for name, action in actions.items() if action == actions[method]]
        else:
            methods = [name for name in self.view.http_method_names if hasattr(self.view, name)]
        return [] if method == methods[0] else [method]

    def id_of_alias(self) -> str:
        """`get_user_addresses_by_id`: method and path, since the call has its own id elsewhere."""
        parts = self.face.local(self.path).split("/")
        return spelled([self.method.lower(), *(f"by_{p.strip('{}')}" if p.startswith("{") else p for p in parts)])

    def get_tags(self) -> list[str]:
        """The resource: a viewset's basename, else the first part of the path."""
        return [getattr(self.view, "basename", None) or self.face.local(self.path).split("/")[0]]

    def is_deprecated(self) -> bool:
        """Whether the address is only there for the first clients."""
        return self.path.startswith(tuple(settings.API_DEPRECATED_PREFIXES))

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """An alias cannot have the id that its call has elsewhere."""
        operation = super().get_operation(*args, **kwargs)
        if operation and self.is_deprecated():
            operation["operationId"] = self.id_of_alias()
        return operation

    def get_summary(self) -> str | None:
        """The first sentence of the method's docstring, as the headline of the operation."""
        return " ".join(self.get_description().split()).split(". ")[0].rstrip(".") or None

    def get_auth(self) -> list[dict[str, Any]]:
        """What signs the request; nothing at all is enough to read what only staff write."""
        reads = self.method == "GET" and self.has_permission(StaffWrites)
        return [*super().get_auth(), *([{}] if reads else [])]

    def get_override_parameters(self) -> list[Any]:
        return [PARAMETER] if self.takes_key() else []

    def takes_key(self) -> bool:
        """Whether the call takes an Idempotency-Key."""
        return takes_key(getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None))

    def has_permission(self, kind: type) -> bool:
        return any(isinstance(permission, kind) for permission in self.view.get_permissions())

    def common_errors(self) -> list[int]:
        """429 always; 400, 413, 415 with a body; 400 for a query; 401, 403 by who may; 404 for an id; 409 by key."""
        writes = self.method in ("POST", "PUT", "PATCH", "DELETE")
        asks = any(isinstance(one, type) and issubclass(one, QueryInput) for one in self.get_override_parameters())
        guarded = self.has_permission(IsAdmin) or (
            self.has_permission(IsStaff) and (writes or not self.has_permission(StaffWrites))
        )
        apply = {
            429: True,
            400: writes or asks,
            413: writes,
            415: writes,
            404: "{" in self.path,
            401: bool(self.get_auth()),
            403: guarded,
            409: self.takes_key(),
        }
        return [status for status, applies in apply.items() if applies]

    def get_serializer_name(self, serializer: Any, direction: Literal["request", "response"]) -> str:
        """`OrderShape` is called `Order`."""
        return str(super().get_serializer_name(serializer, direction)).removesuffix("Shape")

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Only what says so itself: nearly every answer is an object, and a list stands in it under its name."""
        return serializer is not None and is_list_serializer(serializer)

    def _get_pagination_parameters(self) -> list[dict[str, Any]]:
        """Whatever lists a page takes its parameters."""
        if self.method != "GET":
            return []
        answers = self.get_response_serializers()
        shapes: Iterable[Any] = answers.values() if isinstance(answers, dict) else []
        pages = any(isinstance(shape, type) and issubclass(shape, PageShape) for shape in shapes)
        return Paginator(self.face.paging).get_schema_operation_parameters(self.view) if pages else []

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status in self.common_errors():
            bodies.setdefault(str(status), self._get_response_for_code(ErrorShape, str(status)))
        return bodies

    def _get_response_for_code(self, serializer: Any, status_code: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Say what the answer is: an error its status, anything else what its shape's docstring says."""
        form = self.face.form
        is_shape = isinstance(serializer, type) and issubclass(serializer, Shape) and serializer is not ErrorShape
        shown = form.error_shape if serializer is ErrorShape else serializer
        if is_shape and form.wraps:
            shown = OpenApiResponse(self.wrapped(serializer))
        response: dict[str, Any] = super()._get_response_for_code(shown, status_code, *args, **kwargs)
        if not response["description"]:
            words = " ".join((serializer.__doc__ or "").split()) if is_shape else ""
            response["description"] = words or f"{HTTPStatus(int(status_code)).phrase}."
        return response

    def wrapped(self, shape: type[Shape]) -> Schema:
        """What the face's form makes of an answer of this shape, as a component of its own."""
        name = self.get_serializer_name(shape(), "response")
        answer = ResolvedComponent(f"{name}Answer", ResolvedComponent.SCHEMA, object=f"{name}Answer")
        if answer not in self.registry:
            answer.schema = self.page_of(shape) if issubclass(shape, PageShape) else self.object_of(shape)
            self.registry.register(answer)
        return answer.ref

    def page_of(self, shape: type[PageShape]) -> Schema:
        name = shape.rows_name()
        return self.face.form.page_schema(name, self._map_serializer_field(shape().fields[name], "response"))

    def object_of(self, shape: type[Shape]) -> Schema:
        component = self.resolve_serializer(shape, "response")
        if not component:  # it has no fields
            return self.face.form.answer_schema({}, {"type": "object", "properties": {}})
        return self.face.form.answer_schema(component.schema, component.ref)

    def _map_basic_serializer(self, serializer: Any, direction: Literal["request", "response"]) -> dict[str, Any]:
        """Inputs are closed, properties are described, and a class may have an `example`."""
        mapped = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, Input) and serializer.refuses_unknown:
            mapped["additionalProperties"] = False
        if isinstance(serializer, Input):
            show_aliases(mapped, serializer.aliases)
        if example := vars(type(serializer)).get("example"):
            mapped["example"] = example
        for name, schema in mapped.get("properties", {}).items():
            if name in DESCRIPTIONS and "$ref" not in schema:
                schema.setdefault("description", DESCRIPTIONS[name])
        return mapped

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)
        for parameter in parameters:
            name = parameter["name"]
            parameter.setdefault("description", DESCRIPTIONS.get(name, f"The {name.replace('_', ' ')}."))
        return parameters


def show_aliases(mapped: Schema, aliases: Mapping[str, str]) -> None:
    """Show each other spelling of a property; neither of the two is required then."""
    for alias, name in aliases.items():
        mapped["properties"][alias] = {**mapped["properties"][name], "description": f"The same as `{name}`."}
        mapped["required"] = [one for one in mapped.get("required", ()) if one != name]
    if not mapped.get("required", True):
        del mapped["required"]


def spelled(parts: Iterable[str]) -> str:
    """The parts as one name."""
    return "_".join(parts).replace("-", "_").replace(".", "_")
