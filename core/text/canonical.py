"""One spelling for each value, so that its hash is the same on every machine and database."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any


def sha256(content: bytes | str) -> str:
    """The SHA-256 of bytes, or of a text's UTF-8 bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def canonical_json(value: Any) -> bytes:
    """`value` as JSON in UTF-8 with sorted keys and no blanks.

    Raises TypeError for a float (its spelling differs between databases; amounts are strings) and for what JSON
    cannot hold.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def canonical_time(at: datetime) -> str:
    """`at` in UTC with microseconds, always 27 characters: 2025-04-01T10:00:00.000000Z. ValueError without a zone."""
    if at.tzinfo is None:
        raise ValueError("A moment without a time zone has no canonical form.")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A float has no canonical form.")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("Keys are strings.")
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
