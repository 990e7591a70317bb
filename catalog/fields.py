"""Fields that only products have."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.importing.specifications import MAX_LENGTH, check, parse_specifications
from catalog.importing.values import BadValue


@extend_schema_field({"oneOf": [{"type": "object", "additionalProperties": True}, {"type": "string"}]})
class SpecificationsField(serializers.Field):
    """A JSON object, given as one or as the string that the contract shows."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object; a 400 when it is none, or holds what a database cannot store."""
        try:
            return parse_specifications(data) if isinstance(data, str) else checked(data)
        except BadValue as error:
            raise serializers.ValidationError(f"This value {error}.") from error

    def to_representation(self, value: Any) -> Any:
        """The object."""
        return value


def checked(value: Any) -> dict[str, Any]:
    """`value`, an object that can be stored. Raises BadValue."""
    if not isinstance(value, dict):
        raise BadValue("is not a JSON object")
    check(value, depth=1)
    if len(json.dumps(value, ensure_ascii=False)) > MAX_LENGTH:
        raise BadValue(f"is longer than {MAX_LENGTH} characters")
    return value
