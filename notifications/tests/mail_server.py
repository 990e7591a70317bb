"""A real mail server for tests."""

import socket
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any


class MoodyHandler:
    """Takes a mail after it was asked as often as there are moods.

    "refuse" says no for now, "drop" hangs up; "DATA 554 ..." is the answer to the text of a mail, "RCPT 550 ..." that
    to its recipient.
    """

    def __init__(self, *moods: str) -> None:
        self.moods = list(moods)
        self.taken: list[EmailMessage] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.moods and self.moods[0].startswith("RCPT "):
            return self.moods.pop(0).removeprefix("RCPT ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str | None:
        mood = self.moods.pop(0) if self.moods else "take"
        if mood == "drop":
            server.transport.abort()
            return None
        if mood == "refuse":
            return "451 4.7.1 Try again later"
        if mood.startswith("DATA "):
            return mood.removeprefix("DATA ")
        self.taken.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
