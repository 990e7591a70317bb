"""Files that go with a mail. A mail's row only names them; the bytes are fetched at the moment of sending."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from django.core.exceptions import ObjectDoesNotExist

from core.errors import NotFound


class MissingAttachment(Exception):
    """What a mail promises to carry is not there."""


class Reference(TypedDict):
    """How a mail's row names a file: a kind of SOURCES, the id of what it is about, and the file's name."""

    kind: str
    id: int
    name: str


@dataclass(frozen=True)
class File:
    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Source:
    """Where files of a kind come from; each registers itself in SOURCES.

    `read` gives the bytes for an id, or raises ObjectDoesNotExist or NotFound; `name` has a place for the id.
    """

    kind: str
    name: str
    read: Callable[[int], bytes]
    mimetype: str = "application/pdf"

    def __post_init__(self) -> None:
        SOURCES[self.kind] = self

    def reference(self, subject_id: int, *, name: str = "") -> Reference:
        """How a mail's row names the file about that id; `name` for one with a name of its own."""
        return {"kind": self.kind, "id": subject_id, "name": name or self.name.format(subject_id)}


SOURCES: dict[str, Source] = {}


def fetch(named: Reference) -> File:
    """The file with its bytes as they are now. Raises MissingAttachment."""
    source = SOURCES.get(named["kind"])
    if source is None:
        raise MissingAttachment(f"{named['name']}: the kind {named['kind']} is not known")
    try:
        content = source.read(named["id"])
    except (ObjectDoesNotExist, NotFound) as error:
        raise MissingAttachment(f"{named['name']} is not there: {error}") from error
    return File(name=named["name"], content=content, mimetype=source.mimetype)
