"""One effect for each Idempotency-Key: who comes first claims it, and everybody gets the same answer.

Spelled as Stripe does (https://docs.stripe.com/api/idempotent_requests).
"""

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


@transactional
def claim(*, key: str, fingerprint: str) -> IdempotentRequest:
    """The request with this key: new and running, for the caller to run now; or answered, for the caller to repeat.

    An expired one makes room, and so does the same request when its lease ran out. Raises KeyReused, KeyInUse.
    """
    requests = IdempotentRequest.objects.filter(key=key)
    requests.filter(is_expired() | is_abandoned() & Q(fingerprint=fingerprint)).delete()
    try:
        request, is_mine = requests.get_or_create(key=key, defaults={"fingerprint": fingerprint})
    except IntegrityError as error:  # it was there, and let go of the key before it could be read
        raise KeyInUse from error
    if request.fingerprint != fingerprint:
        raise KeyReused
    if request.is_running and not is_mine:
        raise KeyInUse
    return request
