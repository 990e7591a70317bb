"""Notices in the app, and what their readers switched off."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

TITLE_LENGTH = 200
BODY_LENGTH = 300


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any, *, face: str) -> "NoticeQuerySet":
        """The user's own at this face, whatever their role."""
        return self.filter(user=user, face=face)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def mark_read(self, *, at: datetime) -> int:
        """Note that the unread ones among them were read; how many. Those read before keep their moment."""
        return self.unread().update(read_at=at)


class Notice(models.Model):
    """A mail in one line, for the app: of one kind, about one event, for one user; never a second such row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    face = models.CharField(max_length=20, default="shop", help_text="Whose clients show it.")
    event = models.CharField(max_length=80, help_text="What caused it, such as order-status:17.")
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.CharField(max_length=BODY_LENGTH, blank=True)
    link = models.CharField(max_length=500, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "event"], name="notice_once_per_event"),
        ]
        # A page of the unread ones and their number come from the index alone.
        indexes = [models.Index(fields=["user", "face", "read_at"], name="notice_unread")]

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    """The ways in which a mail reaches its user."""

    EMAIL = "email", "E-mail"
    IN_APP = "in_app", "In the app"


class OptOut(models.Model):
    """A user wants no mails of one kind by one channel.

    By default everything is on, so a row stands for what differs from it, and its absence for the default. A row
    about what law or contract require means nothing: `preferences` writes none, and readers ask the kind first.
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
