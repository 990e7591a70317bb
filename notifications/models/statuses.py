"""What becomes of a mail, and which word about it wins."""

from django.db import models


class EmailStatus(models.TextChoices):
    """What became of a mail. Sent: our way out took it; the rest is the word of the provider's tracking."""

    QUEUED = "queued", "Queued"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    OPENED = "opened", "Opened"
    BOUNCED = "bounced", "Bounced"
    COMPLAINED = "complained", "Complained"
    FAILED = "failed", "Failed"
    SUPPRESSED = "suppressed", "Not sent"


# The mail server or the provider has it, as far as we know.
TAKEN = (EmailStatus.SENT, EmailStatus.DELIVERED, EmailStatus.OPENED, EmailStatus.COMPLAINED)
# It stayed with us, and waits for somebody to send it.
NEVER_LEFT = (EmailStatus.FAILED, EmailStatus.SUPPRESSED)
# What a mail goes through, and what of it wins when two words cross.
RANKS: dict[str, int] = {
    status: rank
    for rank, status in enumerate(
        (
            EmailStatus.SUPPRESSED,
            EmailStatus.QUEUED,
            EmailStatus.SENT,
            EmailStatus.FAILED,
            EmailStatus.DELIVERED,
            EmailStatus.OPENED,
            EmailStatus.BOUNCED,
            EmailStatus.COMPLAINED,
        )
    )
}
