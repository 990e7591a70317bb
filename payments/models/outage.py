"""Gateways that do not answer, so that the processes of all machines leave them alone for a while."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from core.db import transactional

SILENCES, WITHIN, PAUSE = 3, timedelta(minutes=1), timedelta(seconds=30)


class GatewayOutage(models.Model):
    """The last silences of a gateway (seconds since 1970), and until when it is not asked.

    After three silences within a minute it is left alone for half a minute. Then one caller asks, and all others
    once that one was answered.
    """

    gateway = models.CharField(max_length=20, unique=True)
    silences = models.JSONField(default=list)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Outage of {self.gateway}"

    @classmethod
    def of(cls, gateway: str) -> Self:
        """What is known of the gateway's silences."""
        return cls.objects.filter(gateway=gateway).first() or cls(gateway=gateway)

    def may_ask(self) -> bool:
        """Whether the gateway may be asked now; who tries again after a pause does so alone."""
        if self.paused_until is None:
            return True
        now = timezone.now()
        mine = type(self).objects.filter(pk=self.pk, paused_until=self.paused_until, paused_until__lte=now)
        return bool(mine.update(paused_until=now + PAUSE))

    @transactional
    def note_silence(self) -> None:
        """The gateway did not answer in time."""
        type(self).objects.get_or_create(gateway=self.gateway)
        outage = type(self).objects.select_for_update().get(gateway=self.gateway)
        now = timezone.now()
        recent = [at for at in outage.silences if at > (now - WITHIN).timestamp()]
        outage.silences = [*recent, now.timestamp()][-SILENCES:]
        if len(outage.silences) == SILENCES:
            outage.paused_until = now + PAUSE
        outage.save()

    def note_answer(self) -> None:
        """The gateway answered: if this was the try after a pause, the pause is over."""
        if self.paused_until is not None:
            type(self).objects.filter(gateway=self.gateway).update(paused_until=None, silences=[])
