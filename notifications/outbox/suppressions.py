"""Addresses that do not take our mail: stopped by a bounce or a complaint, allowed again by staff."""

import logging

from django.utils import timezone

from accounts.emails import spelled
from accounts.models import User
from core.db import transactional
from core.errors import DomainError
from notifications.mails.base import MAILS
from notifications.models import Email, Suppression

logger = logging.getLogger(__name__)


class NotStopped(DomainError):
    status = 409
    code = "address_not_stopped"
    message = "Mail to this address is not stopped."


@transactional
def stop(*, address: str, reason: str, detail: str, email: Email | None = None) -> Suppression:
    """Send nothing more to `address`; `email` is the mail at which it was noticed. Safe to repeat.

    In force already: the first reason stays.
    """
    spelling = spelled(address)
    values = {"reason": reason, "detail": detail, "email": email, "user": owner_of(spelling)}
    stopped, is_new = Suppression.objects.get_or_create(address=spelling, defaults=values)
    if is_new:
        logger.warning("Mail to the address of suppression %s is stopped: %s", stopped.pk, reason)
        return stopped
    stopped = Suppression.objects.select_for_update().get(pk=stopped.pk)
    if stopped.lifted_at:
        for name, value in {**values, "since": timezone.now(), "lifted_at": None, "lifted_by": None}.items():
            setattr(stopped, name, value)
        stopped.lifted_because = ""
        stopped.save()
    return stopped


@transactional
def allow(*, suppression: Suppression, by: User, because: str) -> Suppression:
    """Send to the address again from now on; mails that were held back stay so until staff send them.

    Raises NotStopped.
    """
    stopped = Suppression.objects.select_for_update().get(pk=suppression.pk)
    if stopped.lifted_at:
        raise NotStopped
    stopped.lifted_at, stopped.lifted_by, stopped.lifted_because = timezone.now(), by, because
    stopped.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    return stopped


def stop_of(address: str, *, kind: str) -> Suppression | None:
    """What holds a mail of `kind` to `address` back, if anything does.

    Nothing reaches an address that bounced. A reader who complained still gets what cannot be switched off: the link
    that they ask for, and what law or contract require.
    """
    stopped = Suppression.objects.in_force().filter(address=spelled(address)).first()
    complained = stopped is not None and stopped.reason == Suppression.Reason.COMPLAINT
    return None if complained and kind in MAILS and MAILS[kind].required else stopped


def owner_of(spelling: str) -> User | None:
    return User.objects.filter(email=spelling).first()
