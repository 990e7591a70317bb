"""What notifications keeps."""

from notifications.models.email import (
    CLOCK_SKEW,
    LEASE,
    NEVER_LEFT,
    RANKS,
    RETRY_AFTER,
    SECRET_MARK,
    TAKEN,
    Email,
    EmailQuerySet,
    new_message_id,
)
from notifications.models.notice import Channel, Notice, OptOut
from notifications.models.tracking import EmailEvent, Suppression

__all__ = [
    "CLOCK_SKEW",
    "LEASE",
    "NEVER_LEFT",
    "RANKS",
    "RETRY_AFTER",
    "SECRET_MARK",
    "TAKEN",
    "Channel",
    "Email",
    "EmailEvent",
    "EmailQuerySet",
    "Notice",
    "OptOut",
    "Suppression",
    "new_message_id",
]
