"""What notifications keeps."""

from notifications.models.email import CLOCK_SKEW, LEASE, RETRY_AFTER, Email, EmailQuerySet, new_message_id

__all__ = ["CLOCK_SKEW", "LEASE", "RETRY_AFTER", "Email", "EmailQuerySet", "new_message_id"]
