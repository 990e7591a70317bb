"""Pages, as the rulings want them: `page`, `per_page` (alias `limit`), nonsense falls back."""

from typing import Any, Protocol

from rest_framework import serializers
from rest_framework.pagination import BasePagination
from rest_framework.request import Request

from core.api.shapes import Shape

DEFAULT_SIZE = 10
MAX_SIZE = 50
MAX_PAGE = 1_000_000


class Sliceable(Protocol):
    """What counts and slices like a queryset."""

    def count(self) -> int: ...

    def __getitem__(self, part: slice) -> list[Any]: ...


class PaginationShape(Shape):
    """Where in a list an answer stands."""

    total = serializers.IntegerField(help_text="How many rows there are on all pages.")
    page = serializers.IntegerField(help_text="Which page this is, from 1.")
    per_page = serializers.IntegerField(help_text=f"How many rows a page has, {MAX_SIZE} at most.")
    total_pages = serializers.IntegerField(help_text="How many pages there are.")
    capped = serializers.BooleanField(
        required=False,
        help_text="true: the search has common words and finds more than `total`, but counts no further.",
    )


class PageShape(Shape):
    """A page of rows; a subclass adds the list of them. Whatever answers with one takes the page's parameters."""

    pagination = PaginationShape(help_text="Where in the list this page stands.")

    def get_fields(self) -> dict[str, Any]:
        """What a subclass adds comes first."""
        fields = super().get_fields()
        fields["pagination"] = fields.pop("pagination")
        return fields


class Paginator(BasePagination):
    """Cuts a page out of a queryset, or what is Sliceable, in two queries; a page past the end is empty.

    A view's `page_size` is the number of rows of a page for clients that do not say.
    """

    meta: dict[str, int]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows; `meta` is the contract's `pagination` object about them."""
        size = min(positive(request, ("per_page", "limit"), view.page_size), MAX_SIZE)
        page = min(positive(request, ("page",), 1), MAX_PAGE)
        total = queryset.count()
        start = (page - 1) * size
        self.meta = {"total": total, "page": page, "per_page": size, "total_pages": -(-total // size)}
        return list(queryset[start : start + size]) if start < total else []

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        number = {"type": "integer", "minimum": 1}
        return [
            parameter("page", "Which page, from 1.", {**number, "default": 1}),
            parameter("per_page", "Rows a page.", {**number, "maximum": MAX_SIZE, "default": view.page_size}),
            parameter("limit", "The same as `per_page`, in the first clients' word.", number, deprecated=True),
        ]


def parameter(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, **more}


def positive(request: Request, names: tuple[str, ...], default: int) -> int:
    """The first of the named query parameters that is a whole number above zero, else the default."""
    for name in names:
        value = request.query_params.get(name, "")
        if value.isascii() and value.isdigit() and 0 < len(value) < 19 and int(value):
            return int(value)
    return default
