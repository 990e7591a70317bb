"""What follows from a mail that was really sent: each once, and never at the price of a second mail."""

import logging
from collections.abc import Callable

from core.db import transactional
from notifications.models import TAKEN, Email
from rentals.contracts.services import record_copy_sent
from rentals.models import Contract

logger = logging.getLogger(__name__)


def note_copy_sent(email: Email) -> None:
    """The contract's chain says that the signed copy went out, to whom, and as which mail."""
    contract = Contract.objects.get(rental_id=email.attachments[0]["id"])
    record_copy_sent(contract=contract, recipient=email.recipient, message_id=email.message_id)


FOLLOW_UPS: dict[str, Callable[[Email], None]] = {"rental_signed": note_copy_sent}


def follow_up(*, email: Email) -> bool:
    """Do what follows from a sent mail; whether it was done now. What fails is left to `send_emails`."""
    if not email.follow_up_open:
        return False
    try:
        return _follow_up_once(email_id=email.pk)
    except Exception:  # an edge: the mail is out, and must not go again because of this
        logger.exception("What follows from mail %s failed; send_emails will try again", email.pk)
        return False


@transactional
def _follow_up_once(*, email_id: int) -> bool:
    email = Email.objects.select_for_update().get(pk=email_id)
    if email.status not in TAKEN or not email.follow_up_open:
        return False
    FOLLOW_UPS[email.kind](email)
    email.follow_up_open = False
    email.save(update_fields=["follow_up_open"])
    return True
