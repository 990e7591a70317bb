"""Kinds to try wishes on, and the mails of these kinds."""

from notifications.kinds import ALL_KINDS
from notifications.outbox import queueing
from notifications.tests.examples import CONTEXTS


def first(**wanted):
    """The name of the first kind for customers that is like this."""
    return next(
        kind.name
        for kind in ALL_KINDS
        if kind.group != "staff" and all(getattr(kind, name) == value for name, value in wanted.items())
    )


OPTIONAL = first(required=False, in_app=True)
REQUIRED = first(required=True, in_app=True)
MAIL_ONLY = first(in_app=False)
STAFF_ONLY = next(kind.name for kind in ALL_KINDS if kind.group == "staff")


def tell(user, kind=OPTIONAL, event="event:1"):
    """Something happens that `user` is to hear of."""
    queueing.queue(kind=kind, event=event, recipient=user.email, user=user, context=CONTEXTS[kind])
