"""The first half of the inbox, while the gateway waits: verify and store."""

import json
from base64 import b64encode

from django.db import IntegrityError

from core.db import transactional
from core.tasks import enqueue
from core.text.canonical import sha256
from core.text.card_numbers import json_without_card_numbers, without_card_numbers
from payments.gateways import gateway_named
from payments.gateways.base import Event
from payments.inbox.handling import handle_event
from payments.models import WebhookEvent

BASE64 = "base64:"


def receive(*, gateway: str, payload: bytes, signature: str) -> WebhookEvent:
    """Store an event once, however often it is delivered, and hand it to the worker. Raises InvalidSignature."""
    event = gateway_named(gateway).read_event(payload=payload, signature=signature)
    try:
        return store(gateway=gateway, event=event, payload=payload)
    except IntegrityError:
        return WebhookEvent.objects.get(gateway=gateway, event_digest=sha256(event.id))


@transactional
def store(*, gateway: str, event: Event, payload: bytes) -> WebhookEvent:
    """The event as a row, and its task. Raises IntegrityError when it is there already."""
    stored = WebhookEvent.objects.keep(
        gateway=gateway, event_id=event.id, kind=event.kind[:120], payload=storable(payload)
    )
    enqueue(handle_event, event_pk=stored.pk)
    return stored


def storable(payload: bytes) -> str:
    """The event as it came, byte for byte, unless a card number stands in it, which may not be kept.

    Bytes that are no text are kept in base64.
    """
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        covered = without_card_numbers(payload.decode("latin-1"))
        return BASE64 + b64encode(covered.encode("latin-1")).decode()
    try:
        received = json.loads(text)
        clean = json_without_card_numbers(received)
    except (ValueError, RecursionError):
        return without_card_numbers(text)
    return text if clean == received else json.dumps(clean)
