"""In what form to answer."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class AlwaysAnswer(DefaultContentNegotiation):
    """What the client accepts where a view has it, else the view's own form: the contract knows no 406."""

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """A renderer and its media type."""
        known = list(renderers)
        try:
            return super().select_renderer(request, known, format_suffix)
        except (NotAcceptable, Http404):  # Http404 stands for an unknown ?format=
            return known[0], known[0].media_type
