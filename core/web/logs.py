"""What the log line of a request holds beside its id, path and status."""

import re
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_metadata

from core.web.clients import address_of

# What follows is a secret, with which a reader of the log could act for its owner. The pages behind the links in
# mails belong to the shop's web site, but whoever serves that badly leads them here.
SECRETS = re.compile(
    r"(/(?:unsubscribe|waiting-list|transfers)/|(?:token|secret|password)\w*(?:=|%3d)|[?&](?:code|state)=)[^&?]+",
    re.IGNORECASE,
)


class RequestLog(RequestMiddleware):
    """Writes the lines of each request, without the secrets of its address."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and address."""
        address = SECRETS.sub(r"\1***", request.get_full_path())
        return f"{request.method} {address}"


def bind_address(request: HttpRequest, **_: Any) -> None:
    """The client's address, as far as the proxies can be trusted."""
    structlog.contextvars.bind_contextvars(ip=address_of(request))


def connect() -> None:
    """Have every request's lines carry it."""
    bind_extra_request_metadata.connect(bind_address, dispatch_uid="core.web.logs")
