"""A mail through a provider's API as it stands on the wire, and back through its webhook."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qsl

import pytest

from notifications.models import Email, Suppression
from notifications.outbox.sending import deliver
from notifications.tests.factories import EmailFactory, mailgun_event, post_event

pytestmark = pytest.mark.django_db


class Api(BaseHTTPRequestHandler):
    """Mailgun's address for messages; `server.answers` are its next answers, `server.forms` what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.forms.append(dict(parse_qsl(body.decode())))
        status, answer = self.server.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args):
        """Nobody reads it."""


@pytest.fixture
def mailgun(settings, use_mailgun):
    """Mailgun is in use; its API is `server`."""
    server = HTTPServer(("127.0.0.1", 0), Api)
    server.forms, server.answers = [], []
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {**settings.ANYMAIL, "MAILGUN_API_URL": f"http://127.0.0.1:{server.server_port}/v3"}
    yield server
    server.shutdown()
    server.server_close()


def test_a_mail_goes_out_with_our_mark_and_comes_back_by_it(mailgun, client):
    mailgun.answers = [(200, {"id": "<its-own-name@mailgun>", "message": "Queued. Thank you."})]
    email = EmailFactory()
    assert deliver(email=email) == Email.Status.SENT
    (form,) = mailgun.forms
    assert (form["to"], form["subject"]) == ("ada@example.com", "Your password was changed")
    assert form["v:mail"] == form["h:Message-Id"] == email.message_id
    assert email.provider_id == "<its-own-name@mailgun>"
    for answer in (
        mailgun_event("delivered", message_id=email.provider_id),
        mailgun_event("opened", variables={"mail": email.message_id}),
    ):
        assert post_event(client, "mailgun", answer).status_code == 200
    email.refresh_from_db()
    assert email.status == Email.Status.OPENED
    assert email.tracking.count() == 2


@pytest.mark.parametrize(
    "refusal", [(401, {"message": "Forbidden"}), (429, {"message": "Slow down"}), (500, {}), (200, {"message": "?"})]
)
def test_a_provider_that_does_not_take_it_is_asked_again(mailgun, refusal):
    mailgun.answers = [refusal, (200, {"id": "<1@mailgun>", "message": "Queued. Thank you."})]
    email = EmailFactory()
    assert deliver(email=email) == Email.Status.QUEUED
    assert not Suppression.objects.exists()
    Email.objects.update(next_attempt_at=email.created_at)
    assert deliver(email=Email.objects.get()) == Email.Status.SENT
    assert mailgun.forms[0]["h:Message-Id"] == mailgun.forms[1]["h:Message-Id"]
