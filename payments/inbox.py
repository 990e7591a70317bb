"""The webhook inbox: verify, store under the event's own id, answer, then act."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task

from core.tasks import enqueue
from payments import services
from payments.gateways import configured_name, gateway_named
from payments.gateways.stripe import intent_from
from payments.models import Payment, WebhookEvent

logger = logging.getLogger(__name__)
Status = WebhookEvent.Status
Handler = Callable[[WebhookEvent, dict[str, Any]], bool]


def receive(*, payload: bytes, signature: str) -> WebhookEvent:
    """Store an event once, however often it is delivered, and hand it to the worker. Raises InvalidSignature."""
    gateway = configured_name()
    event = gateway_named(gateway).read_event(payload=payload, signature=signature)
    try:
        with transaction.atomic():
            stored = WebhookEvent.objects.create(
                gateway=gateway, event_id=event.id[:120], kind=event.kind[:120], payload=payload.decode()
            )
            enqueue(handle_event, event_pk=stored.pk)
            return stored
    except IntegrityError:
        return WebhookEvent.objects.get(gateway=gateway, event_id=event.id[:120])


@task
def handle_event(event_pk: int) -> None:
    """The worker's turn at an event; a failure is kept on the event, to be run again from the back office."""
    handle(WebhookEvent.objects.get(pk=event_pk))


def handle_left(*, older_than: timedelta) -> int:
    """Act on events that no worker finished, because it was killed or its task was lost; how many there were."""
    left = WebhookEvent.objects.filter(status=Status.RECEIVED, received_at__lte=timezone.now() - older_than)
    return len([handle(event) for event in left.order_by("pk")])


def handle(event: WebhookEvent) -> WebhookEvent:
    """Act on a stored event. Doing it again does nothing new, since what it calls settles once."""
    if event.status in (Status.HANDLED, Status.IGNORED):
        return event
    try:
        done = HANDLERS.get(event.kind, ignore)(event, json.loads(event.payload)["data"]["object"])
    except Exception as error:  # an edge: whatever went wrong is kept and shown, and the worker goes on
        logger.exception("Webhook event %s failed", event.event_id)
        return conclude(event, Status.FAILED, error=f"{type(error).__name__}: {error}")
    return conclude(event, Status.HANDLED if done else Status.IGNORED)


def conclude(event: WebhookEvent, status: str, *, error: str = "") -> WebhookEvent:
    """Write down what became of the event."""
    event.status, event.error, event.handled_at = status, error, timezone.now()
    event.attempts += 1
    event.save(update_fields=["status", "error", "handled_at", "attempts"])
    return event


def ignore(event: WebhookEvent, data: dict[str, Any]) -> bool:
    """A kind that means nothing here; it is kept all the same."""
    return False


def update_payment(event: WebhookEvent, data: dict[str, Any]) -> bool:
    """Write the intent's status on our payment; False when the intent is not ours."""
    intent = intent_from(data)
    payment = Payment.objects.filter(gateway=event.gateway, intent_id=intent.id).first()
    if payment is None:
        return False
    services.apply_intent(payment_id=payment.pk, intent=intent)
    return True


HANDLERS: dict[str, Handler] = {
    "payment_intent.succeeded": update_payment,
    "payment_intent.payment_failed": update_payment,
    "payment_intent.processing": update_payment,
    "payment_intent.requires_action": update_payment,
    "payment_intent.canceled": update_payment,
}
