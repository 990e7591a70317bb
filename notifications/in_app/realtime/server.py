"""The Socket.IO server: who may connect, and what is sent to whom.

It reads the table of notices once a second for all who are connected, so that web, worker and further machines need
no other link to it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import socketio
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from socketio.exceptions import ConnectionRefusedError

from accounts.models import Session
from accounts.sessions.tokens import InvalidToken, session_of
from core.api.faces import FACES
from notifications.api.box_office import BoxOfficeNoticeShape
from notifications.in_app.realtime.tail import NoticeTail
from notifications.models import Notice

logger = logging.getLogger(__name__)

FACE = "events"
NAMESPACES = ("/", "/api/v1", "/events/api/v1", "/events/client/api/v1")
EVENT = "notification"
INTERVAL = 1.0
# How many looks pass between two checks whether the connected are still signed in.
SESSIONS_EVERY = 15
# Of the notices that a client missed it gets at most the newest.
MOST_MISSED = 100
# A token is some 400 characters; nothing else is read.
MAX_MESSAGE = 4_096


@dataclass(frozen=True)
class Connection:
    """A client in a namespace, the sign-in behind its token, and the ids of the notices that it was sent."""

    sid: str
    namespace: str
    session_id: Any
    sent: set[int] = field(default_factory=set, compare=False)


def create_server() -> socketio.AsyncServer:
    """The server with its handlers."""
    server = socketio.AsyncServer(
        async_mode="asgi",
        cors_allowed_origins=is_allowed,
        max_http_buffer_size=MAX_MESSAGE,
        namespaces=list(NAMESPACES),
    )
    feed = Feed(server)
    for namespace in NAMESPACES:
        server.on("connect", feed.handler(namespace, feed.connect), namespace=namespace)
        server.on("disconnect", feed.handler(namespace, feed.disconnect), namespace=namespace)
    return server


def is_allowed(origin: str, environ: Mapping[str, Any]) -> bool:
    """Whether pages of this origin may connect: the face's clients, and pages of this server itself.

    Not asked where there is no Origin, since that is no browser.
    """
    return origin in FACES[FACE].setting("cors_origins") or urlsplit(origin).netloc == environ.get("HTTP_HOST")


class Feed:
    """Who is connected, by user, and the loop that sends them their notices."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self.server = server
        self.connected: dict[int, set[Connection]] = defaultdict(set)
        self.loop: asyncio.Task[None] | None = None
        self.starting = asyncio.Lock()

    @staticmethod
    def handler(namespace: str, method: Any) -> Any:
        async def handle(sid: str, *args: Any) -> None:
            await method(namespace, sid, *args)

        return handle

    async def connect(self, namespace: str, sid: str, environ: Any, auth: Any = None) -> None:
        """Let a client in whose token is good. Raises ConnectionRefusedError."""
        wanted = auth if isinstance(auth, Mapping) else {}
        session = await in_thread(session_behind, wanted.get("token"))
        await self.start_following()
        # In a task of its own, which comes after the word that the client is connected.
        one = Connection(sid, namespace, session.pk)
        self.server.start_background_task(self.admit, one, session.user_id, wanted.get("since"))

    async def start_following(self) -> None:
        """Begin to read the table, once, before the first client is let in."""
        async with self.starting:
            if self.loop is None or self.loop.done():
                self.loop = asyncio.create_task(self.follow(await in_thread(NoticeTail, FACE)))

    async def admit(self, one: Connection, user_id: int, since: Any) -> None:
        """Send new notices from now on, and those after the id `since`."""
        self.connected[user_id].add(one)
        if type(since) is int:
            one.sent.add(since)
            for notice in await in_thread(missed, user_id, since):
                await self.send(one, notice)

    async def disconnect(self, namespace: str, sid: str, *reason: Any) -> None:
        for user_id in list(self.connected):
            self.connected[user_id] = {one for one in self.connected[user_id] if one.sid != sid}
            if not self.connected[user_id]:
                del self.connected[user_id]

    async def follow(self, tail: NoticeTail) -> None:
        """Send new notices once a second for as long as the process lives."""
        looks = 0
        while True:
            await asyncio.sleep(INTERVAL)
            looks += 1
            try:
                await self.send_new(tail)
                if looks % SESSIONS_EVERY == 0:
                    await self.end_signed_out()
            except Exception:  # an edge: a database that is away for a while must not end the loop
                logger.exception("Notices could not be sent in real time")

    async def send_new(self, tail: NoticeTail) -> None:
        """One look at the table; what is found for the connected is read whole and sent."""
        found = [pk for pk, user_id in await in_thread(tail.look) if user_id in self.connected]
        if not found:
            return
        for user_id, notice in await in_thread(written, found):
            for one in list(self.connected.get(user_id, ())):
                await self.send(one, notice)

    async def send(self, one: Connection, notice: dict[str, Any]) -> None:
        """Send a notice once: one of the last second is both missed and new to who connects."""
        if notice["id"] in one.sent:
            return
        one.sent.add(notice["id"])
        await self.server.emit(EVENT, notice, to=one.sid, namespace=one.namespace)

    async def end_signed_out(self) -> None:
        """Disconnect those whose sign-in has ended."""
        everyone = [one for those in self.connected.values() for one in those]
        alive = await in_thread(alive_among, {one.session_id for one in everyone})
        for one in everyone:
            if one.session_id not in alive:
                await self.server.disconnect(one.sid, namespace=one.namespace)


async def in_thread(function: Any, *args: Any) -> Any:
    """What `function` returns, run where it may wait for the database."""

    def run() -> Any:
        close_old_connections()
        try:
            return function(*args)
        finally:
            close_old_connections()

    return await sync_to_async(run)()


def session_behind(token: Any) -> Session:
    """The sign-in of an access token of the face. Raises ConnectionRefusedError."""
    try:
        if isinstance(token, str) and len(token) < MAX_MESSAGE:
            return session_of(token, face=FACE)
    except InvalidToken:
        pass
    raise ConnectionRefusedError("UNAUTHORIZED")


def alive_among(session_ids: set[Any]) -> set[Any]:
    """Those of the sign-ins that have not ended."""
    return set(Session.objects.alive().filter(pk__in=session_ids).values_list("pk", flat=True))


def missed(user_id: int, since: int) -> list[dict[str, Any]]:
    """The user's notices after that id as clients get them, the oldest first."""
    rows = Notice.objects.visible_to(user_id, face=FACE).filter(pk__gt=max(0, min(since, 2**63 - 1)))
    return [BoxOfficeNoticeShape.of(notice) for notice in reversed(rows.order_by("-pk")[:MOST_MISSED])]


def written(ids: list[int]) -> list[tuple[int, dict[str, Any]]]:
    """These notices as clients get them, each with its user's id."""
    rows = Notice.objects.filter(pk__in=ids).order_by("pk")
    return [(notice.user_id, BoxOfficeNoticeShape.of(notice)) for notice in rows]
