"""What the OpenAPI document says beside the views' own words."""

from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from core.api.idempotency import PARAMETER, takes_key
from core.api.permissions import StaffWrites
from core.api.serializers import RefusesUnknown

Endpoint = tuple[str, str, str, Any]


class ErrorBody(serializers.Serializer):
    """The body of every error."""

    error = serializers.CharField()
    status = serializers.IntegerField()
    message = serializers.CharField()
    code = serializers.CharField()
    details = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class MessageBody(serializers.Serializer):
    """An answer that only says that it was done."""

    message = serializers.CharField()


def errors(*statuses: int) -> dict[int, type[ErrorBody]]:
    """The `responses` of these error statuses, to be merged into a view's own."""
    return dict.fromkeys(statuses, ErrorBody)


def without_aliases(endpoints: list[Endpoint]) -> list[Endpoint]:
    """The document shows each endpoint once: under /api, not under /api/v1."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith("/api/v1/")]


class ContractSchema(AutoSchema):
    """Adds to each operation the errors that any of them can answer, and an id that no other has."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for status in self.common_errors():
            bodies.setdefault(str(status), self._get_response_for_code(ErrorBody, str(status)))
        return bodies

    def takes_key(self) -> bool:
        """Whether the operation takes an Idempotency-Key."""
        return takes_key(getattr(self.view, self.method.lower(), None))

    def get_override_parameters(self) -> list[Any]:
        """The headers that an operation takes."""
        return [PARAMETER] if self.takes_key() else []

    def get_auth(self) -> list[dict[str, Any]]:
        """What signs the request; nothing at all is enough to read what only staff write."""
        reads = self.method == "GET" and any(isinstance(p, StaffWrites) for p in self.view.get_permissions())
        return [*super().get_auth(), *([{}] if reads else [])]

    def get_operation_id(self) -> str:
        """`get_orders`, `get_orders_by_order_id`: the method and the path, so that no two are alike."""
        parts = [part for part in self.path.removeprefix("/api").split("/") if part]
        named = [f"by_{part.strip('{}')}" if part.startswith("{") else part for part in parts]
        return "_".join([self.method.lower(), *named]).replace("-", "_").replace(".", "_")

    def get_tags(self) -> list[str]:
        """The first part of the path: auth, products, orders…"""
        return [self.path.removeprefix("/api/").split("/")[0]]

    def get_summary(self) -> str | None:
        """The first sentence of the method's docstring, as the headline of the operation."""
        return " ".join(self.get_description().split()).split(". ")[0].rstrip(".") or None

    def _map_basic_serializer(self, serializer: Any, direction: Literal["request", "response"]) -> dict[str, Any]:
        mapped = super()._map_basic_serializer(serializer, direction)
        if direction == "request" and isinstance(serializer, RefusesUnknown):
            mapped["additionalProperties"] = False
        return mapped

    def common_errors(self) -> list[int]:
        """429 always; 400, 413, 415 with a body; 401 where a token counts; 404 for an id; 409 for a used key."""
        statuses = [429]
        statuses += [400, 413, 415] if self.method in ("POST", "PUT", "PATCH", "DELETE") else []
        statuses += [404] if "{" in self.path else []
        statuses += [401] if self.get_auth() else []
        statuses += [409] if self.takes_key() else []
        return statuses
