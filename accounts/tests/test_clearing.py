"""`manage.py clear_expired_sessions`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import one_time_tokens
from accounts.models import OneTimeToken, Session
from accounts.sessions.tokens import open_session
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def clear():
    """What the command says."""
    out = StringIO()
    call_command("clear_expired_sessions", stdout=out)
    return out.getvalue().strip()


def ago(days):
    """A moment in the past."""
    return timezone.now() - timedelta(days=days)


def test_what_ended_long_ago_is_deleted_and_the_rest_stays():
    user = UserFactory()
    sessions = [open_session(user=user).session.pk for _ in range(5)]
    for pk, change in zip(
        sessions,
        [{"expires_at": ago(31)}, {"revoked_at": ago(31)}, {"expires_at": ago(29)}, {"revoked_at": ago(29)}, {}],
        strict=True,
    ):
        Session.objects.filter(pk=pk).update(**{"user": user, **change})
    for change in ({"expires_at": ago(31)}, {"used_at": ago(31)}, {"expires_at": ago(29)}, {"used_at": ago(29)}):
        one_time_tokens.issue(user=user, purpose="password_reset")
        OneTimeToken.objects.filter(pk=OneTimeToken.objects.latest("pk").pk).update(**change)
    OneTimeToken.objects.filter(used_at__gt=ago(1)).update(used_at=None)
    assert clear() == "Deleted 2 sessions and 2 one-time tokens."
    assert set(Session.objects.values_list("pk", flat=True)) == set(sessions[2:])
    assert clear() == "Deleted 0 sessions and 0 one-time tokens."
