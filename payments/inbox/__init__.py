"""The webhook inbox: verify, store under the event's own id, answer, then act."""

from payments.inbox.handling import handle, handle_event, handle_left, replay
from payments.inbox.receiving import receive

__all__ = ["handle", "handle_event", "handle_left", "receive", "replay"]
