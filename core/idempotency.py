"""One effect for each Idempotency-Key: the first request claims it, and all get the same answer.

Spelled as Stripe does (https://docs.stripe.com/api/idempotent_requests).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import IntegrityError
from django.db.models import Q

from core.db import transactional
from core.errors import Conflict
from core.models import IdempotentRequest, is_abandoned, is_expired

RETRY_AFTER = 1  # seconds; most requests are answered before


class KeyReused(Conflict):
    """The key belongs to another request."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used for another request."


class KeyInUse(Conflict):
    """The request with this key has not been answered yet."""

    code = "idempotency_key_in_use"
    message = "A request with this Idempotency-Key is still running. Try again soon."

    def __init__(self) -> None:
        super().__init__(retry_after=RETRY_AFTER)


running: ContextVar[IdempotentRequest | None] = ContextVar("running", default=None)


@contextmanager
def running_as(request: IdempotentRequest) -> Iterator[None]:
    """What happens in the block happens for this request."""
    token = running.set(request)
    try:
        yield
    finally:
        running.reset(token)


def first_time(effect: str) -> bool:
    """Whether `effect` (up to 60 characters) is to be had now, and a note of it in the caller's transaction.

    False when the same request, with the same Idempotency-Key, had it before and died without an answer: then the
    caller only answers. Always True without a key. Raises KeyInUse when the lease ran out: another has the request.
    """
    request = running.get()
    if request is None:
        return True
    if request.effect == effect:
        return False
    if not IdempotentRequest.objects.filter(pk=request.pk, status=None).update(effect=effect):
        raise KeyInUse
    return True


@transactional
def claim(*, key: str, fingerprint: str) -> IdempotentRequest:
    """The request with this key: new and running, for the caller to run now; or answered, for the caller to repeat.

    An expired one makes room, and so does the same request when its lease ran out, which hands on what it did.
    Raises KeyReused, KeyInUse.
    """
    requests = IdempotentRequest.objects.filter(key=key)
    gone = requests.select_for_update().filter(is_expired() | is_abandoned() & Q(fingerprint=fingerprint)).first()
    defaults = {"fingerprint": fingerprint, "effect": gone.effect if gone and gone.is_running else ""}
    if gone:
        gone.delete()
    try:
        request, is_mine = requests.get_or_create(key=key, defaults=defaults)
    except IntegrityError as error:  # it was there, and its key was released before it could be read
        raise KeyInUse from error
    if request.fingerprint != fingerprint:
        raise KeyReused
    if request.is_running and not is_mine:
        raise KeyInUse
    return request
