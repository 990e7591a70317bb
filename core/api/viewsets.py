"""The base of the viewsets, and the router that gives them their addresses."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from core.api.pagination import PageShape, Paginator, Sliceable
from core.api.views import ApiView
from core.errors import NotFound

Row = TypeVar("Row", bound=Model)


class ResourceViewSet(ApiView, GenericViewSet[Any]):
    """The calls of one resource, over the rows that are visible to the user; `not_found` is its 404.

    `page_size` is the number of rows of a page for clients that do not say, where it is not the face's.
    """

    lookup_value_converter = "id"
    page_size: int | None = None
    not_found: type[NotFound] = NotFound

    def find(self, rows: QuerySet[Row], **lookup: Any) -> Row:
        """The row of `rows` with this lookup, by default the one whose id the path names. Raises `not_found`."""
        row = rows.filter(**(lookup or {"pk": self.kwargs["pk"]})).first()
        if row is None:
            raise self.not_found
        return row

    def page(self, name: str, rows: QuerySet[Any] | Sliceable) -> dict[str, Any]:
        """The page of `rows` that the request asks for, called `name`, for a PageShape."""
        paginator = Paginator(self.face.paging)
        cut = paginator.paginate_queryset(rows, self.request, view=self)
        return {name: cut, "pagination": paginator.place.as_pagination()}

    def answer_page(
        self, shape: type[PageShape], rows: QuerySet[Any] | Sliceable, *, message: str = "OK"
    ) -> Response:
        """Answer with the page of `rows` that the request asks for, in the face's form."""
        paginator = Paginator(self.face.paging)
        cut = paginator.paginate_queryset(rows, self.request, view=self)
        return Response(self.face.form.page(shape, cut, paginator.place, message))


class Router(SimpleRouter):
    """Addresses without a trailing slash (`core.web.middleware.canonical_path`), made of path converters."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False, use_regex_path=False)
