"""A real mail server, with moods."""

import asyncio
from collections.abc import Iterable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from aiosmtpd.controller import Controller

from core.testing.servers import free_port

SMTP = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_USE_TLS": False,
    "EMAIL_HOST_USER": "",
    "EMAIL_HOST_PASSWORD": "",
}


class MailServer:
    """Meets each mail with its next mood, and takes those for which none is left.

    Moods: "refuse", "drop" (hang up), "slow", "DATA 554 ..." and "RCPT 550 ..." (that answer).
    """

    def __init__(self, moods: Iterable[str] = ()) -> None:
        self.moods = iter(moods)
        self.taken: list[EmailMessage] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mood = next(self.moods, "take")
        if envelope.mood.startswith("RCPT "):
            return str(envelope.mood.removeprefix("RCPT "))
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str | None:
        mood: str = envelope.mood
        if mood == "drop":
            server.transport.abort()
            return None
        if mood == "refuse" or mood.startswith("DATA "):
            return "451 4.7.1 Try again later" if mood == "refuse" else mood.removeprefix("DATA ")
        if mood == "slow":
            await asyncio.sleep(0.03)
        self.taken.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"
