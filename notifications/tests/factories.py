"""Mails for tests: rows, examples of every kind, and what a provider's webhook posts."""

import hashlib
import hmac
import itertools
import json
import time

import factory
from django.utils import translation

from notifications.mails.base import MAILS
from notifications.models import Email, Suppression
from notifications.outbox.queueing import write_email

with translation.override("en"):
    EXAMPLES = {name: (kind, example) for kind, mail in MAILS.items() for name, example in mail.examples().items()}
CONTEXTS = {kind: EXAMPLES[kind][1].context for kind in MAILS}


class EmailFactory(factory.django.DjangoModelFactory):
    """A queued mail of the kind password_changed."""

    class Meta:
        model = Email

    kind = "password_changed"
    event = factory.Sequence(lambda n: f"password:{n}")
    recipient = "ada@example.com"
    subject = "Your password was changed"
    text = "The text"
    html = "<p>The text</p>"


class SuppressionFactory(factory.django.DjangoModelFactory):
    """An address that bounced."""

    class Meta:
        model = Suppression

    address = factory.Sequence(lambda n: f"gone{n}@example.com")
    reason = Suppression.Reason.BOUNCE
    detail = "550 5.1.1 Nobody here"


def first_kind(*, for_staff=False, **attributes):
    """The first kind of mail of the shop with these attributes."""
    return next(
        kind
        for kind, mail in MAILS.items()
        if mail.group.for_staff is for_staff
        and mail.face == "shop"
        and all(getattr(mail, name) == value for name, value in attributes.items())
    )


OPTIONAL = first_kind(required=False, in_app=True)
REQUIRED = first_kind(required=True, in_app=True)
MAIL_ONLY = first_kind(in_app=False)
STAFF_ONLY = first_kind(for_staff=True)


def write_to(user, kind=OPTIONAL, event="event:1", **changes):
    """Queue the example of a kind to the user, with these changes of its context."""
    context = {**CONTEXTS[kind], **changes}
    write_email(
        kind=kind,
        face=MAILS[kind].face,
        event=event,
        recipient=user.email,
        user=user,
        context=lambda: context,
    )


SIGNING_KEY = "key-for-tests"
TOKENS = (f"{n:050x}" for n in itertools.count(1))


def mailgun_event(event, *, message_id="", variables=None, **fields):
    """What Mailgun posts about one event, cut down to what is read.

    https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads
    """
    data = {
        "event": event,
        "timestamp": time.time(),
        "recipient": "ada@example.com",
        "message": {"headers": {"message-id": message_id.strip("<>"), "to": "ada@example.com"}},
        "user-variables": variables or {},
        **fields,
    }
    return {"signature": signature(), "event-data": data}


def signature(key=SIGNING_KEY):
    """Mailgun's proof: an HMAC over moment and token."""
    moment, token = str(int(time.time())), next(TOKENS)
    proof = hmac.new(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": moment, "token": token, "signature": proof}


def post_event(client, provider, body, **headers):
    """The answer of the provider's webhook."""
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(f"/webhooks/mail/{provider}", text, content_type="application/json", headers=headers)
