"""The second half of the inbox: the worker acts on what was stored, again and again until it is settled or parked."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from core import inbox
from core.tasks import enqueue
from payments import services
from payments.disputes import records as disputes
from payments.gateways import gateway_named
from payments.gateways.base import UnreadableEvent
from payments.gateways.records import DisputeRecord, Intent, RefundRecord
from payments.models import Payment, WebhookEvent
from payments.refunds import records as refund_records
from payments.refunds.services import RefundTooLarge
from payments.signals import webhook_parked
from payments.strays import set_aside

Status = WebhookEvent.Status

# What no further try can mend: the event itself says what cannot be.
FINAL = (
    services.AmountMismatch,
    RefundTooLarge,
    refund_records.RefundBounced,
    disputes.UnknownStage,
    UnreadableEvent,
)


@task
def handle_event(event_pk: int) -> None:
    """The worker's turn at an event; one that fails asks for a worker again when its next try is due."""
    event = handle(WebhookEvent.objects.get(pk=event_pk))
    if event.status == Status.FAILED:
        enqueue(handle_event.using(run_after=event.next_attempt_at), event_pk=event_pk)


def handle_left(*, older_than: timedelta) -> int:
    """Act on events that were due `older_than` ago: their worker or task was lost. How many there were."""
    left = WebhookEvent.objects.due(now=timezone.now() - older_than).order_by("pk").values_list("pk", flat=True)
    return len([handle(WebhookEvent.objects.get(pk=pk)) for pk in list(left)])


def replay(event: WebhookEvent) -> WebhookEvent:
    """Act on an event now that waits for its next try, or that was parked; not on one that a worker has."""
    if event.reopen():
        return handle(event)
    event.refresh_from_db()
    return event


def handle(event: WebhookEvent) -> WebhookEvent:
    """Act on a stored event if it is due and no other worker has it; staff get a mail about one that is parked."""
    return inbox.handle(event, act=act, final=FINAL, parked=tell_staff)


def act(event: WebhookEvent) -> bool:
    """Write what the event tells of; False when that is nothing of ours. Doing it again does nothing new."""
    record = gateway_named(event.gateway).read_record(kind=event.kind, payload=event.payload)
    if record is None:
        return False
    if isinstance(record, RefundRecord):
        return refund_records.apply_refund(gateway=event.gateway, record=record) is not None
    if isinstance(record, DisputeRecord):
        return disputes.apply_dispute(gateway=event.gateway, record=record) is not None
    return update_payment(gateway=event.gateway, intent=record)


def update_payment(*, gateway: str, intent: Intent) -> bool:
    """Write how the intent stands on our payment; False when we have none.

    Money that was not asked for is set aside. An end is taken from the event; what may have changed since the event
    was made, as events come in any order, is asked of the gateway.
    """
    payment = Payment.objects.known_as(gateway=gateway, intent_id=intent.id)
    if payment is None:
        return False
    if set_aside(payment, intent):
        return True
    services.check_amount(payment, intent)
    if intent.status in services.ENDS:
        services.apply_intent(payment_id=payment.pk, intent=intent)
    else:
        services.ask_gateway(payment=payment)
    return True


def tell_staff(event: WebhookEvent) -> None:
    """Mail staff about an event that is parked."""
    webhook_parked.send(sender=WebhookEvent, event=event)
