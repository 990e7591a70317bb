"""A provider of mail as its webhooks show it: Mailgun, which signs, and Postmark, which signs in.

Shapes after https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads and
https://postmarkapp.com/developer/webhooks/bounce-webhook, cut down to what is read.
"""

import base64
import hashlib
import hmac
import itertools
import json
import time

SIGNING_KEY = "key-for-tests"
SECRET = "provider:open sesame"
TOKENS = (f"{n:050x}" for n in itertools.count(1))


def use_mailgun(settings):
    """Mails go through Mailgun, whose webhooks are signed."""
    settings.EMAIL_PROVIDER = "mailgun"
    settings.ANYMAIL = {"WEBHOOK_SECRET": "", "MAILGUN_API_KEY": "k", "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}


def use_postmark(settings, secret=SECRET):
    """Mails go through Postmark, whose webhooks sign in."""
    settings.EMAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": secret}


def mailgun_event(event, *, message_id="", variables=None, at=None, **fields):
    """What Mailgun posts about one event."""
    data = {
        "event": event,
        "timestamp": at or time.time(),
        "recipient": "ada@example.com",
        "message": {"headers": {"message-id": message_id.strip("<>"), "to": "ada@example.com"}},
        "user-variables": variables or {},
        **fields,
    }
    return {"signature": signature(), "event-data": data}


def signature(key=SIGNING_KEY, token=None):
    """Mailgun's proof: an HMAC over moment and token."""
    moment, token = str(int(time.time())), token or next(TOKENS)
    proof = hmac.new(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": moment, "token": token, "signature": proof}


def failed(severity="permanent", reason="bounce", code=550, message="5.1.1 Nobody here"):
    """The part of Mailgun's word about a bounce that says why."""
    return {"severity": severity, "reason": reason, "delivery-status": {"code": code, "message": message}}


def post(client, provider, body, **headers):
    """Knock as the provider does."""
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(f"/webhooks/mail/{provider}", text, content_type="application/json", headers=headers)


def signed_in(secret=SECRET):
    """The header with the provider's name and secret."""
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
