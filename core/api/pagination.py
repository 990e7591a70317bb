"""Pages: nonsense in a query falls back, a page past the end is empty."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

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


@dataclass(frozen=True)
class Paging:
    """How a face is asked for a page. The first of `size_names` is its own word, others those of first clients.

    With `skips`, a number of rows to skip may be given instead of a page.
    """

    size: int = DEFAULT_SIZE
    most: int = MAX_SIZE
    size_names: tuple[str, ...] = ("per_page", "limit")
    skips: bool = False


class Place(NamedTuple):
    """Where in a list a page stands; pages count from 1, rows from 0."""

    total: int
    page: int
    size: int
    start: int

    @property
    def pages(self) -> int:
        """How many there are."""
        return -(-self.total // self.size)

    def as_pagination(self) -> dict[str, int]:
        """What PaginationShape reads."""
        return {"total": self.total, "page": self.page, "per_page": self.size, "total_pages": self.pages}


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

    @classmethod
    def rows_name(cls) -> str:
        """What the list of rows is called."""
        return cls.steps(True)[0].key


class Paginator(BasePagination):
    """Cuts a page out of a queryset, or what is Sliceable, in two queries; a page past the end is empty.

    A view's `page_size` is the number of rows of a page for clients that do not say.
    """

    place: Place

    def __init__(self, paging: Paging) -> None:
        self.paging = paging

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows; `place` says where they stand."""
        paging = self.paging
        size = min(positive(request, paging.size_names, self.size_of(view)), paging.most)
        page = min(positive(request, ("page",), 0), MAX_PAGE)
        skip = min(positive(request, ("skip",), 0), MAX_PAGE * size) if paging.skips and not page else 0
        start = (page - 1) * size if page else skip
        self.place = Place(total=queryset.count(), page=page or skip // size + 1, size=size, start=start)
        return list(queryset[start : start + size]) if start < self.place.total else []

    def size_of(self, view: Any) -> int:
        """The number of rows for clients that do not say."""
        return getattr(view, "page_size", None) or self.paging.size

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        number = {"type": "integer", "minimum": 1}
        name, *others = self.paging.size_names
        size = {**number, "maximum": self.paging.most, "default": self.size_of(view)}
        old = f"The same as `{name}`, in the first clients' word."
        return [
            parameter("page", "Which page, from 1.", {**number, "default": 1}),
            parameter(name, "Rows a page.", size),
            *(parameter(other, old, number, deprecated=True) for other in others),
            *([parameter("skip", "Rows to skip; `page` wins.", {"type": "integer"})] if self.paging.skips else []),
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
