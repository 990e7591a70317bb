"""What the log line of a request holds beside its id, path and status."""

from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.signals import bind_extra_request_metadata

from core.clients import address_of


def bind_address(request: HttpRequest, **_: Any) -> None:
    """The client's address, as far as the proxies can be trusted."""
    structlog.contextvars.bind_contextvars(ip=address_of(request))


def connect() -> None:
    """Have every request's lines carry it."""
    bind_extra_request_metadata.connect(bind_address, dispatch_uid="core.logs")
