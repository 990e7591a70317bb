"""A real mail server for tests."""

import socket
from email import policy
from email.parser import BytesParser


class MoodyHandler:
    """Takes a mail after it was asked as often as there are moods: "refuse" says no, "drop" hangs up."""

    def __init__(self, *moods):
        self.moods = list(moods)
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        mood = self.moods.pop(0) if self.moods else "take"
        if mood == "drop":
            server.transport.abort()
            return None
        if mood == "refuse":
            return "451 4.7.1 Try again later"
        self.taken.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
