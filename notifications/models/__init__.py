"""What notifications keeps."""

from notifications.models.email import CLOCK_SKEW, LEASE, RETRY_AFTER, Email, EmailQuerySet, new_message_id
from notifications.models.notice import Notice
from notifications.models.preference import Channel, OptOut
from notifications.models.statuses import NEVER_LEFT, RANKS, TAKEN
from notifications.models.suppression import Suppression
from notifications.models.tracking import EmailEvent

__all__ = [
    "CLOCK_SKEW",
    "LEASE",
    "NEVER_LEFT",
    "RANKS",
    "RETRY_AFTER",
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
