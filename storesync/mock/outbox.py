"""The webhooks that a stand-in sends, one after the other, unless faults hold, double or lose them."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from storesync.mock.faults import OF_WEBHOOKS, Faults

logger = logging.getLogger(__name__)


@dataclass
class Delivery:
    """One event for one address."""

    address: str
    topic: str
    headers: dict[str, str]
    body: bytes
    hook: str = ""
    answers: list[int | None] = field(default_factory=list)  # None: nobody answered in time


def send(address: str, headers: dict[str, str], body: bytes, timeout: float) -> int | None:
    """The status of the hub's answer, if there was one."""
    try:
        return requests.post(address, data=body, headers=headers, timeout=timeout, allow_redirects=False).status_code
    except requests.RequestException as error:
        logger.info("The webhook was not taken: %s", type(error).__name__)
        return None


class Outbox:
    """`gaps` are the seconds before each retry, `stamp` the headers that differ with each sending.

    `settled` is told how a delivery ended, `also` are the statuses beside 2xx that count as taken.
    """

    def __init__(
        self,
        faults: Faults,
        *,
        timeout: float,
        gaps: tuple[float, ...],
        stamp: Callable[[], dict[str, str]],
        settled: Callable[[Delivery, bool], None],
        also: tuple[int, ...] = (),
    ) -> None:
        self.faults, self.timeout, self.gaps = faults, timeout, gaps
        self.stamp, self.settled, self.also = stamp, settled, also
        self.log: list[Delivery] = []
        self.queue: queue.Queue[Delivery] = queue.Queue()
        self.idle = threading.Condition()
        self.open = 0
        threading.Thread(target=self.work, daemon=True).start()

    def post(self, delivery: Delivery) -> None:
        """Send it soon, or do what the next fault says."""
        self.log.append(delivery)
        fault = self.faults.take(OF_WEBHOOKS, delivery.topic)
        kind = fault.kind if fault else ""
        if kind == "lose":
            return
        if kind == "duplicate":
            self.enter(Delivery(delivery.address, delivery.topic, delivery.headers, delivery.body, delivery.hook))
        self.enter(delivery, self.faults.random.random() * fault.seconds if fault and kind == "reorder" else 0)

    def enter(self, delivery: Delivery, after: float = 0) -> None:
        """Into the queue, now or later."""
        with self.idle:
            self.open += 1
        if not after:
            return self.queue.put(delivery)
        timer = threading.Timer(after, self.queue.put, [delivery])
        timer.daemon = True
        return timer.start()

    def work(self) -> None:
        """The thread of this outbox."""
        while True:
            self.attempt(self.queue.get())
            with self.idle:
                self.open -= 1
                self.idle.notify_all()

    def attempt(self, delivery: Delivery) -> None:
        """Send it; what is not taken is sent again, as far as there are gaps."""
        status = send(delivery.address, {**delivery.headers, **self.stamp()}, delivery.body, self.timeout)
        delivery.answers.append(status)
        taken = status is not None and (200 <= status < 300 or status in self.also)
        retries = len(delivery.answers) - 1
        if not taken and retries < len(self.gaps):
            return self.enter(delivery, self.gaps[retries])
        return self.settled(delivery, taken)

    def wait(self, seconds: float = 10) -> bool:
        """Whether nothing is under way any more, within so many seconds."""
        end = time.monotonic() + seconds
        with self.idle:
            while self.open and time.monotonic() < end:
                self.idle.wait(end - time.monotonic())
            return not self.open
