"""The addresses of a face."""

from collections.abc import Sequence
from typing import Any

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.document import document_of
from core.api.faces import SHOP, Face
from core.api.unknown import UnknownRoute
from core.web import health

Address = URLPattern | URLResolver


def mounted(face: Face, calls: Sequence[Address]) -> list[Address]:
    """All calls, document and health under each mount of a face, whose namespaces are its name, `<name>-2`, …

    Whatever else begins like one of its paths answers 404 in the face's form.
    """
    names = [face.name, *(f"{face.name}-{number}" for number in range(2, len(face.mounts) + 1))]
    whole = [*document_urls(face, url_name=f"{face.name}:schema"), path("health", health.alive), *calls]
    mounts: list[Address] = [
        path(f"{mount.lstrip('/')}/", include((whole, face.name), namespace=name))
        for mount, name in zip(face.mounts, names, strict=True)
    ]
    alive = [path(f"{prefix.lstrip('/')}/health", health.alive) for prefix in face.prefixes]
    return [*mounts, *alive, *unknown_routes(face)]


def unknown_routes(face: Face) -> list[Address]:
    """The answer to every other path of a face."""
    return [
        re_path(rf"^{prefix.lstrip('/')}(/.*)?$", UnknownRoute.as_view()) for prefix in (*face.mounts, *face.prefixes)
    ]


def document_urls(face: Face, *, url_name: str) -> list[URLPattern]:
    """`schema` and `docs`, for the calls of a face; `url_name` leads to the first of them."""
    title = dict(face.info).get("title", SpectacularSwaggerView.title)
    docs = SpectacularSwaggerView.as_view(url_name=url_name, title=title, http_method_names=["get", "head"])
    return [path("schema", DocumentView.as_view(face=face), name="schema"), path("docs", docs, name="docs")]


class DocumentView(SpectacularJSONAPIView):
    """The document of a face."""

    schema = None  # it does not stand in itself
    face: Face = SHOP

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(document_of(self.face))
