"""The first half of the inbox, while the gateway waits: verify and store."""

import json

from django.db import IntegrityError

from core.db import transactional
from core.tasks import enqueue
from core.text.canonical import sha256
from core.text.card_numbers import json_without_card_numbers
from payments.gateways import gateway_named
from payments.gateways.base import Event
from payments.inbox.handling import handle_event
from payments.models import WebhookEvent


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
        gateway=gateway, event_id=event.id, kind=event.kind[:120], payload=storable(payload.decode())
    )
    enqueue(handle_event, event_pk=stored.pk)
    return stored


def storable(payload: str) -> str:
    """The event as it came, byte for byte, unless a card number stands in it, which may not be kept."""
    received = json.loads(payload)
    clean = json_without_card_numbers(received)
    return payload if clean == received else json.dumps(clean)
