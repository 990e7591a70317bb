"""The events of the stand-in: signed and sent to PAYSTACK_WEBHOOK_URL, or delayed, doubled, lost by the control."""

import json
import logging
from threading import Thread
from typing import Any

import requests
from django.conf import settings

from payments.gateways.paystack.events import SIGNATURE_HEADER, signature_of
from payments.gateways.paystack.mock.memory import Memory

logger = logging.getLogger(__name__)

TIMEOUT = (2, 10)


class Webhooks:
    """What goes out, and what is held back."""

    def __init__(self, memory: Memory) -> None:
        self.memory, self.held = memory, list[bytes]()

    def tell(self, kind: str, data: dict[str, Any]) -> int | None:
        """Send an event now, or do what `deliveries` says of the next one: "twice", "lose", "hold".

        The status of the shop's answer, if there was one.
        """
        payload = json.dumps({"event": kind, "data": data}, separators=(",", ":")).encode()
        how = self.memory.deliveries.pop(0) if self.memory.deliveries else ""
        if how == "lose":
            return None
        if how == "hold":
            self.held.append(payload)
            return None
        if how == "twice":
            send(payload)
        return send(payload)

    def tell_later(self, kind: str, data: dict[str, Any]) -> None:
        """Send it while the caller's answer is on its way."""
        Thread(target=self.tell, args=(kind, data), daemon=True).start()

    def release(self) -> int:
        """Send all that was held back, the newest first; how many they were."""
        held, self.held = self.held[::-1], []
        for payload in held:
            send(payload)
        return len(held)


def send(payload: bytes) -> int | None:
    """One delivery; None without an answer."""
    if not settings.PAYSTACK_WEBHOOK_URL:
        return None
    headers = {SIGNATURE_HEADER: signature_of(payload), "Content-Type": "application/json"}
    try:
        answer = requests.post(settings.PAYSTACK_WEBHOOK_URL, data=payload, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        logger.warning("The webhook was not taken: %s", type(error).__name__)
        return None
    return answer.status_code
