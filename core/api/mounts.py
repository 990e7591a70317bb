"""The addresses of a face."""

from collections.abc import Sequence

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView

from core.api.document import generator_of
from core.api.faces import Face
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
    schema = SpectacularJSONAPIView.as_view(generator_class=generator_of(face))
    title = dict(face.info).get("title", SpectacularSwaggerView.title)
    docs = SpectacularSwaggerView.as_view(url_name=url_name, title=title, http_method_names=["get", "head"])
    return [path("schema", schema, name="schema"), path("docs", docs, name="docs")]
