"""Holds an answer against the contract's own example, by shape and not by value."""

import re
from typing import Any

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def differences(value: Any, example: Any, path: str = "$") -> list[str]:
    """Where `value` departs from `example`: a key that is missing, a JSON type that is another.

    Extra keys are welcome. A whole number in the example wants one, 599.99 wants any number, a moment wants a UTC
    moment; null in the example allows everything, as it says nothing. Each item of a list is held against the
    example's first one; a list with an example must not be empty, else nothing would have been compared.
    """
    if example is None:
        return []
    if isinstance(example, dict):
        return object_differences(value, example, path)
    if isinstance(example, list):
        return list_differences(value, example, path)
    return [] if fits(value, example) else [f"{path}: {value!r} is not of the kind of {example!r}"]


def object_differences(value: Any, example: dict[str, Any], path: str) -> list[str]:
    """What an object lacks of the example, and what is of another type in it."""
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is not an object"]
    missing = [f"{path}.{key} is missing" for key in example if key not in value]
    shared = [key for key in example if key in value]
    return missing + [found for key in shared for found in differences(value[key], example[key], f"{path}.{key}")]


def list_differences(value: Any, example: list[Any], path: str) -> list[str]:
    """What the items of a list have other than the example's first item."""
    if not isinstance(value, list) or (example and not value):
        return [f"{path}: {value!r} is not a list with items"]
    return [
        found for index, item in enumerate(value) for found in differences(item, example[0], f"{path}[{index}]")
    ]  # fmt: skip


def fits(value: Any, example: Any) -> bool:
    """Whether a scalar has the JSON type of the example's."""
    if isinstance(example, str):
        return isinstance(value, str) and (not MOMENT.fullmatch(example) or bool(MOMENT.fullmatch(value)))
    if isinstance(example, float):
        return type(value) in (int, float)
    return type(value) is type(example)
