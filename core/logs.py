"""What the log line of a request holds beside its id, path and status."""

from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_metadata

from core.clients import address_of

# What follows in these paths is a token, with which a reader of the log could act for its owner.
TOKEN_PATHS = ("/unsubscribe/",)


class RequestLog(RequestMiddleware):
    """Writes the lines of each request, without the tokens of its path."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path."""
        hidden = next((start for start in TOKEN_PATHS if request.path_info.startswith(start)), None)
        return f"{request.method} {f'{hidden}***' if hidden else request.get_full_path()}"


def bind_address(request: HttpRequest, **_: Any) -> None:
    """The client's address, as far as the proxies can be trusted."""
    structlog.contextvars.bind_contextvars(ip=address_of(request))


def connect() -> None:
    """Have every request's lines carry it."""
    bind_extra_request_metadata.connect(bind_address, dispatch_uid="core.logs")
