"""The OpenAPI document of each face."""

from functools import cache
from threading import Lock
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from core.api.faces import SHOP, Face, face_at

# The first document loads the extensions of drf-spectacular, which two threads cannot do at once.
MAKING = Lock()


class FaceDocument(SchemaGenerator):
    """The calls of one face, each once: under the first mount. The shop's has what is outside of any face, too."""

    face: Face = SHOP

    def _initialise_endpoints(self) -> None:
        super()._initialise_endpoints()
        self.endpoints = [endpoint for endpoint in self.endpoints or () if self.shows(endpoint[0])]

    def shows(self, path: str) -> bool:
        """Whether this path stands in the document."""
        return (face_at(path) or SHOP) is self.face and self.face.canonical(path) == path

    def get_schema(self, *args: Any, **kwargs: Any) -> Any:
        """The document, with the face's own words about itself."""
        made = super().get_schema(*args, **kwargs)
        made["info"].update(self.face.info)
        return made


@cache
def document_of(face: Face) -> dict[str, Any]:
    """The document of a face, made once for all: nothing in it depends on who asks, and it takes half a second."""
    generator = type(f"{face.name.title()}Document", (FaceDocument,), {"face": face})
    with MAKING:
        made: dict[str, Any] = generator().get_schema(request=None, public=True)
    return made
