"""The Idempotency-Key header: which requests take one, and how an answer is kept and repeated."""

import functools
import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors import refusal_of
from core.api.faces import face_of
from core.api.renderers import JsonRenderer
from core.db import transactional
from core.errors import DomainError, InvalidInput
from core.idempotency import KeyInUse, claim, running_as
from core.models import IdempotentRequest
from core.web.clients import address_of

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
FORM = "^[ -~]{1,255}$"
# Refused before anything began: a corrected request may come with the same key.
NOT_KEPT = {401, 403, 404, 415, 429}
INVALID = InvalidInput.code

PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": FORM},
    OpenApiParameter.HEADER,
    description="Makes it safe to repeat the request: for 24 hours the same key gets the first answer again, "
    "with `Idempotent-Replayed: true`. 409 for another request, or while the first is still running.",
)

Post = Callable[..., Response]
KeyedPost = Callable[..., HttpResponseBase]


def idempotent(*, one_transaction: bool = False) -> Callable[[Post], KeyedPost]:
    """Let a view's `post` take an Idempotency-Key. It stands behind authentication, throttle and permission.

    With `one_transaction`, effect and answer are committed together, so that no crash parts them: only for what has
    all its effects in the database. Anything else runs again when it died before its answer was kept, and must be
    safe to; a verb that refuses the second time asks `core.idempotency.first_time`.
    """

    def decorate(post: Post) -> KeyedPost:
        @functools.wraps(post)
        def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            key = key_of(request)
            if not key:
                return post(view, request, *args, **kwargs)
            mine = claim(key=key, fingerprint=fingerprint_of(request))
            if not mine.is_running:
                return replay(mine)
            run = functools.partial(answer_and_keep, mine, functools.partial(post, view, request, *args, **kwargs))
            try:
                with running_as(mine):
                    return transactional(run)() if one_transaction else run()
            except Exception as error:  # an edge: whatever went wrong, the key must not stay taken
                return refuse(mine, refusal_of(error), view.handle_exception(error))

        wrapper.takes_key = True  # type: ignore[attr-defined]
        return wrapper

    return decorate


def takes_key(handler: Any) -> bool:
    """Whether this method of a view is idempotent by key."""
    return getattr(handler, "takes_key", False)


def key_of(request: Request) -> str:
    """A digest of the caller and their key, since another caller's same key is another; "" without a key.

    Raises InvalidInput.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    if not re.fullmatch(FORM, key) or not key.strip():
        raise InvalidInput.at(HEADER, "1 to 255 characters of printable ASCII.")
    user = request.user
    owner = f"user {user.pk}" if user.is_authenticated else f"address {address_of(request._request)}"
    return digest(f"{owner}\n{key}")


def fingerprint_of(request: Request) -> str:
    """A digest of method, path and body; mounts, slashes and the layout of the JSON change nothing.

    Raises what reading the body raises.
    """
    path = face_of(request).canonical(request._request.get_full_path_info())
    try:
        body = json.dumps(request.data, sort_keys=True)
    except RecursionError as error:
        raise InvalidInput("The body is nested too deeply.") from error
    return digest(f"{request.method} {path}\n{body}")


def digest(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def answer_and_keep(mine: IdempotentRequest, act: Callable[[], Response]) -> Response:
    """What the view answers, kept. Raises KeyInUse when the lease ran out and another request took over."""
    response = act()
    if not mine.keep(status=response.status_code, body=JsonRenderer().render(response.data)):
        raise KeyInUse
    return response


def refuse(mine: IdempotentRequest, refusal: DomainError, response: Response) -> Response:
    """The answer of a refusal, kept when it is one of the rules and of this moment; else the key is free again."""
    if is_final(refusal):
        mine.keep(status=response.status_code, body=JsonRenderer().render(response.data))
    else:
        mine.release_key()
    return response


def is_final(refusal: DomainError) -> bool:
    """Whether a refusal stands for as long as its key is known."""
    return refusal.status < 500 and refusal.status not in NOT_KEPT and refusal.code != INVALID


def replay(answered: IdempotentRequest) -> HttpResponse:
    """The first answer again."""
    headers = {REPLAYED: "true"}
    return HttpResponse(
        bytes(answered.body), status=answered.status, content_type=JsonRenderer.media_type, headers=headers
    )
