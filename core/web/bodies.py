"""How large a body may be, whichever server hands it on."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase

from core.api.errors import Failure
from core.api.faces import face_at
from core.errors import BodyTooLarge
from core.web.answers import GetResponse, error_response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


def body_limit(get_response: GetResponse) -> GetResponse:
    """Refuse a body that is larger than the face reads there, before anybody reads it; chunks become a plain body."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        face = face_at(request.path_info)
        if face is None:
            return get_response(request)
        most = face.most_of_body(request.path_info)
        try:
            give_length(request, most)
        except Exception:  # an edge: each server has its own word for chunks that are none, or that never came
            return error_response(face, Failure(HTTPStatus.BAD_REQUEST))
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > most:
            return error_response(face, BodyTooLarge())
        return get_response(request)

    return middleware


def give_length(request: HttpRequest, most: int) -> None:
    """Give a body that came in chunks its length, without which Django takes it for empty.

    Reads at most one byte more than `most`. Raises what the server raises.
    """
    if isinstance(request, ASGIRequest):
        if "CONTENT_LENGTH" not in request.META and request._stream.seekable():
            request.META["CONTENT_LENGTH"] = str(request._stream.seek(0, os.SEEK_END))
            request._stream.seek(0)
    elif "chunked" in request.headers.get("Transfer-Encoding", "").lower() and "wsgi.input" in request.META:
        body = request.META["wsgi.input"].read(most + 1)
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = BytesIO(body)


def limited(application: Application) -> Application:
    """Hand on at most one byte more than a face reads: Django under ASGI stores a body before it asks anybody."""

    async def limited_application(scope: Message, receive: Receive, send: Any) -> None:
        path = scope.get("path", "")
        face = face_at(path)
        counted = Counted(receive, face.most_of_body(path) + 1) if face and scope["type"] == "http" else receive
        await application(scope, counted, send)

    return limited_application


class Counted:
    """A `receive` whose body ends after `left` bytes; what comes after them is read and dropped."""

    def __init__(self, receive: Receive, left: int) -> None:
        self.receive = receive
        self.left = left

    async def __call__(self) -> Message:
        message = await self.receive()
        while self.left == 0 and message["type"] == "http.request":
            message = await self.receive()
        if message["type"] != "http.request":
            return message
        body = message.get("body", b"")[: self.left]
        self.left -= len(body)
        return {**message, "body": body, "more_body": message.get("more_body", False) and self.left > 0}
