"""Pages, as the rulings want them: `page`, `per_page` (alias `limit`), nonsense falls back."""

from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet
from rest_framework.request import Request

DEFAULT_SIZE = 10
MAX_SIZE = 50
MAX_PAGE = 1_000_000


class Sliceable(Protocol):
    """What counts and slices like a queryset."""

    def count(self) -> int:
        """The number of rows."""

    def __getitem__(self, part: slice) -> list[Any]:
        """The rows at these places."""


@dataclass(frozen=True)
class Page:
    """One page of rows and the contract's `pagination` object about it."""

    items: list[Any]
    meta: dict[str, int]


def paginate(request: Request, queryset: QuerySet[Any] | Sliceable, *, default: int = DEFAULT_SIZE) -> Page:
    """The page that the request asks for; two queries. A page past the end is empty."""
    size = min(positive(request, ("per_page", "limit"), default), MAX_SIZE)
    page = min(positive(request, ("page",), 1), MAX_PAGE)
    total = queryset.count()
    start = (page - 1) * size
    items = list(queryset[start : start + size]) if start < total else []
    meta = {"total": total, "page": page, "per_page": size, "total_pages": -(-total // size)}
    return Page(items, meta)


def positive(request: Request, names: tuple[str, ...], default: int) -> int:
    """The first of the named query parameters that is a whole number above zero, else the default."""
    for name in names:
        value = request.query_params.get(name, "")
        if value.isascii() and value.isdigit() and 0 < len(value) < 19 and int(value):
            return int(value)
    return default
