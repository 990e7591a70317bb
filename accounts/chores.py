"""What accounts clears up."""

from datetime import time, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import OneTimeToken, Session
from core.clock.registry import chore

KEEP = timedelta(days=30)


@chore(at=time(3, 0), does="deletes sessions and one-time tokens that ended 30 days ago")
def clear_expired_sessions() -> str:
    before = timezone.now() - KEEP
    ended = Q(expires_at__lt=before)
    sessions, _ = Session.objects.filter(ended | Q(revoked_at__lt=before)).delete()
    tokens, _ = OneTimeToken.objects.filter(ended | Q(used_at__lt=before)).delete()
    return f"Deleted {sessions} sessions and {tokens} one-time tokens."
