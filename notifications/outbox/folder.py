"""A mail server for those who have none: a folder."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class FolderBackend(BaseEmailBackend):
    """Writes each mail as one `.eml` file into settings.MAIL_DIR, which any mail program opens.

    The names sort by time and are never reused. A file appears complete or not at all, and only its owner may
    read it: it may hold a link that resets a password.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for mail in email_messages:
            write(folder, mail)
        return len(email_messages)


def write(folder: Path, mail: EmailMessage) -> None:
    handle, unfinished = tempfile.mkstemp(dir=folder, prefix=f"{timezone.now():%Y%m%dT%H%M%S.%fZ}-")
    with os.fdopen(handle, "wb") as file:
        file.write(mail.message().as_bytes())
    Path(unfinished).rename(f"{unfinished}.eml")
