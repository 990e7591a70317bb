"""How the outbox stands: what operators watch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from notifications.models import Email, Suppression

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class MailFigures:
    """How many mails wait, were sent within a day, wait for staff, came back within a week; stopped addresses.

    `oldest_seconds` is how long ago the oldest waiting mail was made.
    """

    queued: int
    sent_today: int
    failed: int
    bounced_this_week: int
    stopped_addresses: int
    oldest_seconds: int

    @property
    def oldest(self) -> str:
        """`oldest_seconds` as people say it."""
        minutes = self.oldest_seconds // 60
        return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def mail_figures(*, now: datetime) -> MailFigures:
    waiting = Email.objects.filter(status=Email.Status.QUEUED).aggregate(many=Count("pk"), oldest=Min("created_at"))
    back = Email.objects.filter(status__in=(Email.Status.BOUNCED, Email.Status.COMPLAINED))
    oldest = waiting["oldest"]
    return MailFigures(
        queued=waiting["many"],
        sent_today=Email.objects.filter(sent_at__gt=now - DAY).count(),
        failed=Email.objects.parked().count(),
        bounced_this_week=back.filter(created_at__gt=now - WEEK).count(),
        stopped_addresses=Suppression.objects.in_force().count(),
        oldest_seconds=max(int((now - oldest).total_seconds()), 0) if oldest else 0,
    )
