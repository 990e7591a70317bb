"""The provider's tracking of a mail, through Anymail's own views with a provider's own proof."""

import base64
import itertools

import pytest
from anymail.message import AnymailRecipientStatus
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from core.testing.races import race
from notifications.models import Email, EmailEvent, Suppression
from notifications.outbox import tracking
from notifications.outbox.sending import deliver, message
from notifications.tests.factories import EmailFactory, mailgun_event, post_event, signature

pytestmark = pytest.mark.django_db

SECRET = "provider:open sesame"


def failed(severity="permanent", reason="bounce", code=550, message="5.1.1 Nobody here"):
    """The part of Mailgun's event about a bounce that says why."""
    return {"severity": severity, "reason": reason, "delivery-status": {"code": code, "message": message}}


def signed_in(secret=SECRET):
    """The header with the provider's name and secret."""
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


@pytest.fixture
def mailgun(use_mailgun, client):
    """Mailgun is in use; call it with an event about a mail, or with a whole body."""

    def send(event, email=None, **fields):
        body = mailgun_event(event, message_id=email.message_id, **fields) if email else event
        return post_event(client, "mailgun", body).status_code

    return send


@pytest.fixture
def postmark(settings):
    """Mails go through Postmark, whose webhooks sign in (https://postmarkapp.com/developer/webhooks)."""
    settings.EMAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}


@pytest.fixture
def sent():
    return EmailFactory(status=Email.Status.SENT)


def status_of(email):
    return Email.objects.get(pk=email.pk).status


def test_each_event_is_kept_and_the_mail_follows(mailgun, sent):
    for event, status in [("delivered", "delivered"), ("opened", "opened"), ("clicked", "opened")]:
        assert mailgun(event, sent) == 200
        assert status_of(sent) == status
    assert [kept.kind for kept in sent.tracking.order_by("pk")] == ["delivered", "opened", "clicked"]
    assert {kept.provider for kept in sent.tracking.all()} == {"Mailgun"}


def test_an_event_that_comes_twice_is_kept_once(mailgun, sent):
    body = mailgun_event("delivered", message_id=sent.message_id)
    assert [mailgun(body) for _ in range(3)] == [200, 200, 200]
    assert sent.tracking.count() == 1


@pytest.mark.parametrize("order", list(itertools.permutations(["delivered", "opened", "failed"])))
def test_the_order_in_which_events_come_does_not_matter(mailgun, sent, order):
    for event in order:
        assert mailgun(event, sent, **(failed() if event == "failed" else {})) == 200
    assert status_of(sent) == Email.Status.BOUNCED
    assert sent.tracking.count() == 3


def test_a_hard_bounce_stops_the_address_and_keeps_the_answer(mailgun, sent):
    mailgun("failed", sent, **failed())
    assert status_of(sent) == Email.Status.BOUNCED
    stopped = Suppression.objects.get()
    assert (stopped.address, stopped.reason, stopped.email) == ("ada@example.com", "bounce", sent)
    assert stopped.detail == sent.tracking.get().detail == "5.1.1 Nobody here"
    assert deliver(email=EmailFactory()) == Email.Status.SUPPRESSED
    assert not mail.outbox


@pytest.mark.parametrize(
    "why, status",
    [
        (failed(severity="temporary", code=450, message="4.2.0 Greylisted"), "sent"),
        (failed(message="5.2.2 Mailbox full"), "bounced"),
        (failed(reason="generic", message="5.7.1 Policy"), "bounced"),
    ],
)
def test_a_bounce_that_is_not_about_the_address_stops_no_address(mailgun, sent, why, status):
    mailgun("failed", sent, **why)
    assert status_of(sent) == status
    assert sent.tracking.count() == 1
    assert not Suppression.objects.exists()


def test_a_complaint_shows_and_stops_the_address(mailgun, sent):
    mailgun("complained", sent)
    mailgun("opened", sent)
    assert status_of(sent) == Email.Status.COMPLAINED
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


def test_a_mail_of_another_shop_is_ignored(mailgun, sent):
    assert mailgun(mailgun_event("delivered", message_id="<other@example.com>")) == 200
    assert mailgun(mailgun_event("delivered")) == 200
    assert status_of(sent) == Email.Status.SENT
    assert not EmailEvent.objects.exists()


def test_an_event_about_a_mail_whose_sender_was_killed_keeps_it_from_going_twice(mailgun):
    email = EmailFactory(secret="t0ps3cret")
    assert email.claim()  # it went out, and then the worker was killed
    assert mailgun(mailgun_event("delivered", variables={"mail": email.message_id})) == 200
    email.refresh_from_db()
    assert (email.status, email.secret) == (Email.Status.DELIVERED, "")
    assert email.sent_at
    Email.objects.update(next_attempt_at=email.created_at)
    call_command("send_emails")
    assert not mail.outbox


def test_an_event_that_comes_before_we_noted_the_sending_stays():
    email = EmailFactory()
    email.claim()
    Email.objects.get().apply_tracking_status(Email.Status.DELIVERED, at=email.created_at)
    email.record_sent(provider_id="from-provider")
    assert (email.status, email.provider_id, email.sent_at) == ("delivered", "from-provider", email.created_at)


def test_a_provider_gets_our_mark_and_its_own_name_for_the_mail_is_kept(settings):
    settings.EMAIL_PROVIDER, settings.EMAIL_BACKEND = "test", "anymail.backends.test.EmailBackend"
    mail.outbox = []
    email = EmailFactory()
    assert deliver(email=email) == Email.Status.SENT
    assert mail.outbox[0].anymail_test_params["metadata"] == {"mail": email.message_id}
    assert mail.outbox[0].extra_headers["Message-ID"] == email.message_id
    assert email.provider_id == "0"  # the first mail of Anymail's provider for tests


def test_a_provider_that_knows_no_such_address_stops_it(settings, monkeypatch):
    settings.EMAIL_PROVIDER, settings.EMAIL_BACKEND = "test", "anymail.backends.test.EmailBackend"
    mail.outbox = []
    status = AnymailRecipientStatus(message_id=None, status="invalid")

    def refused(email):
        made = message(email)
        made.anymail_test_response = {"recipient_status": {email.recipient: status}}
        return made

    monkeypatch.setattr("notifications.outbox.sending.message", refused)
    assert deliver(email=EmailFactory()) == Email.Status.BOUNCED
    assert Suppression.objects.exists()


def test_without_proof_nothing_is_kept(mailgun, client, sent):
    body = mailgun_event("delivered", message_id=sent.message_id)
    for wrong in ({}, {"signature": signature(key="guessed")}, {"signature": {**signature(), "token": "other"}}):
        assert mailgun({"event-data": body["event-data"], **wrong}) == 403
    assert mailgun("not json") == 403
    assert not EmailEvent.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"event": "delivered", "timestamp": "noon"}, {"event": ["x"]}, [], None, "delivered"]
)
def test_a_signed_body_that_no_provider_sends_is_no_error_of_ours(mailgun, data):
    assert mailgun({"signature": signature(), "event-data": data}) == 400


@pytest.mark.parametrize("message_id", [None, 7, ["x"], {"a": 1}, "<a\x00b>", "x" * 5000, "\ud83d"])
def test_a_strange_name_of_a_mail_is_no_error_of_ours(mailgun, message_id):
    body = mailgun_event("delivered", variables={"mail": message_id})
    body["event-data"]["message"]["headers"]["message-id"] = message_id
    assert mailgun(body) in (200, 400)


def test_a_provider_that_is_not_in_use_is_not_found(mailgun, client):
    assert post_event(client, "postmark", {}).status_code == 404
    assert post_event(client, "nonsense", {}).status_code == 404


def bounce_of(email, kind="HardBounce"):
    """What Postmark posts about a bounce."""
    return {
        "RecordType": "Bounce",
        "ID": 42,
        "Type": kind,
        "MessageID": email.provider_id,
        "Description": "The server was unable to deliver your message",
        "Details": "smtp;550 5.1.1 Nobody here" if kind == "HardBounce" else "",
        "Email": email.recipient,
        "BouncedAt": "2026-11-20T13:28:10.2735393Z",
    }


def test_a_provider_that_signs_in_is_accepted_and_no_other(postmark, client):
    email = EmailFactory(status=Email.Status.SENT, provider_id="883953f4-6105-42a2-a16a-77a8eac79483")
    for headers in ({}, signed_in("provider:guessed")):
        assert post_event(client, "postmark", bounce_of(email), **headers).status_code == 403
    assert status_of(email) == Email.Status.SENT
    assert post_event(client, "postmark", bounce_of(email), **signed_in()).status_code == 200
    assert post_event(client, "postmark", bounce_of(email), **signed_in()).status_code == 200
    assert status_of(email) == Email.Status.BOUNCED
    assert email.tracking.count() == Suppression.objects.count() == 1


def test_a_soft_bounce_stops_no_address(postmark, client):
    email = EmailFactory(status=Email.Status.SENT, provider_id="883953f4")
    assert post_event(client, "postmark", bounce_of(email, "SoftBounce"), **signed_in()).status_code == 200
    assert status_of(email) == Email.Status.BOUNCED
    assert not Suppression.objects.exists()


def test_events_without_an_id_are_distinguished_by_what_they_consist_of(postmark, client):
    email = EmailFactory(status=Email.Status.SENT, provider_id="883953f4")
    opened = {"RecordType": "Open", "MessageID": "883953f4", "ReceivedAt": "2026-11-20T13:28:10Z"}
    later = {**opened, "ReceivedAt": "2026-11-20T13:29:10Z"}
    for body in (opened, opened, later):
        assert post_event(client, "postmark", body, **signed_in()).status_code == 200
    assert email.tracking.count() == 2


def test_a_provider_that_cannot_prove_itself_is_refused(postmark, settings, client):
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert post_event(client, "postmark", {}).status_code == 403


def test_what_cannot_be_kept_is_sent_again(mailgun, sent, monkeypatch):
    def gone(*args, **kwargs):
        raise OperationalError(2006, "gone away")

    with monkeypatch.context() as broken:
        broken.setattr(tracking, "mail_of", gone)
        assert mailgun("delivered", sent) == 503
    assert mailgun("delivered", sent) == 200


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_events_that_come_at_once_are_each_kept_once(use_mailgun):
    email = EmailFactory(status=Email.Status.SENT)
    body = mailgun_event("failed", message_id=email.message_id, **failed())
    other = mailgun_event("delivered", message_id=email.message_id)
    jobs = [lambda one=one: post_event(Client(), "mailgun", one).status_code for one in (body, body, other, other)]
    assert race(jobs) == [200] * 4
    assert email.tracking.count() == 2
    assert status_of(email) == Email.Status.BOUNCED
    assert Suppression.objects.count() == 1
