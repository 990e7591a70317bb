"""What somebody does not want to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Channel(models.TextChoices):
    """The ways in which the shop tells its users something."""

    EMAIL = "email", "E-mail"
    IN_APP = "in_app", "In the app"


class OptOut(models.Model):
    """A user wants no news of one kind by one channel.

    By default everything is on, so a row stands for what differs from it, and its absence for the default. A row
    about what law or contract require means nothing: `preferences` writes none, and who reads asks the kind first.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="opt_outs")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="opt_out_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="opt_out_channel_is_known"),
        ]

    def __str__(self) -> str:
        return f"No {self.kind.replace('_', ' ')} by {self.get_channel_display().lower()}"
