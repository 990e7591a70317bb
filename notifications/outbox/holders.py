"""Mails to all who hold tickets of an event: written by the worker, a batch at a time."""

from typing import Any

from django.dispatch import receiver
from django_tasks import task

from accounts.models import User
from core.db import transactional
from core.signals import status_changed
from core.tasks import enqueue
from events.models import Event, EventStatusChange
from events.signals import event_changed, event_reminder_due
from notifications.mails.holders import EventCancelled, EventChanged, EventReminder, HolderMail, holders_of
from notifications.outbox.queueing import queue_mail

BATCH = 200
KINDS: dict[str, type[HolderMail]] = {mail.kind: mail for mail in (EventChanged, EventCancelled, EventReminder)}


@receiver(status_changed, sender=Event)
def mail_cancellation(subject: Event, change: EventStatusChange, new: str, **_: Any) -> None:
    """Asked now who holds tickets, since they are cancelled with their event."""
    if new == Event.Status.CANCELLED:
        mail_holders(EventCancelled, subject, cause=f"event-status:{change.pk}")


@receiver(event_changed, sender=Event)
def mail_change(event: Event, **_: Any) -> None:
    mail_holders(EventChanged, event, cause=f"event-changed:{event.pk}:{event.updated_at.isoformat()}")


@receiver(event_reminder_due, sender=Event)
def mail_reminder(event: Event, **_: Any) -> None:
    mail_holders(EventReminder, event, cause=f"event-reminder:{event.pk}")


def mail_holders(mail: type[HolderMail], event: Event, *, cause: str) -> None:
    """Hand the mail to the worker for each holder of this moment."""
    holders = holders_of(event)
    for start in range(0, len(holders), BATCH):
        enqueue(mail_batch, kind=mail.kind, event_id=event.pk, cause=cause, user_ids=holders[start : start + BATCH])


@task
def mail_batch(kind: str, event_id: int, cause: str, user_ids: list[int]) -> None:
    """Write the mail to each of these users; those that have it already get no second one."""
    event = Event.objects.select_related("venue").get(pk=event_id)
    for user in User.objects.filter(pk__in=user_ids).order_by("pk"):
        transactional(queue_mail)(KINDS[kind](event, user=user, event=cause))
