"""The events that users like."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from events.models import Event, Favorite
from events.publishing import NoSuchEvent


def of_user(user: Any) -> QuerySet[Favorite]:
    """What the user likes, newest first, with the events; nothing of a stranger."""
    if not user.is_authenticated:
        return Favorite.objects.none()
    return Favorite.objects.filter(user=user).prefetch_related(Prefetch("event", Event.objects.with_details()))


def add(*, user: User, event_id: int) -> tuple[Favorite, bool]:
    """Like an event; the flag says that it is new. Asked for twice it is one row. Raises NoSuchEvent."""
    if not Event.objects.visible_to(user).filter(pk=event_id).exists():
        raise NoSuchEvent
    favorite, is_new = Favorite.objects.get_or_create(user=user, event_id=event_id)
    return of_user(user).get(pk=favorite.pk), is_new
