"""A refusal that is about the address stops mail to it; one that is about the mail server is tried again."""

import socket
import threading
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core import mail

from accounts.tests.factories import ManagerFactory, UserFactory
from notifications.mails.base import MAILS
from notifications.models import Email, Suppression
from notifications.outbox.failures import GIVE_UP, HARD_BOUNCE, TRY_AGAIN, judge
from notifications.outbox.resending import NotSendable, send_again
from notifications.outbox.sending import deliver
from notifications.outbox.suppressions import NotStopped, allow, stop
from notifications.tests.factories import EmailFactory, SuppressionFactory

pytestmark = pytest.mark.django_db

NOBODY = "550 5.1.1 Nobody here"


def refused(code, text):
    """What Django raises when the server refuses the only recipient."""
    return SMTPRecipientsRefused({"ada@example.com": (code, text.encode())})


def refused_by_provider(status):
    """What Anymail raises when a provider refuses the only recipient."""
    message = mail.EmailMessage()
    message.anymail_status = type("AnymailStatus", (), {"status": {status}})()
    return AnymailRecipientsRefused(email_message=message)


@pytest.mark.parametrize(
    "error, verdict",
    [
        (refused(550, "5.1.1 Nobody here"), HARD_BOUNCE),
        (refused(550, "Nobody here"), HARD_BOUNCE),
        (refused(553, "5.1.3 Bad syntax"), HARD_BOUNCE),
        (refused(556, "5.1.10 This domain takes no mail"), HARD_BOUNCE),
        (refused(550, "5.2.1 Mailbox disabled"), HARD_BOUNCE),
        (refused(552, "5.2.2 Mailbox full"), TRY_AGAIN),
        (refused(550, "5.7.1 Relaying denied"), TRY_AGAIN),
        (refused(554, "5.7.1 Your server is on a list"), TRY_AGAIN),
        (refused(450, "4.2.0 Greylisted"), TRY_AGAIN),
        (refused(421, "Too many connections"), TRY_AGAIN),
        (SMTPDataError(554, b"5.6.0 We do not like this text"), GIVE_UP),
        (SMTPDataError(550, b"5.1.1 Nobody here"), HARD_BOUNCE),
        (SMTPDataError(451, b"Later"), TRY_AGAIN),
        (SMTPAuthenticationError(535, b"5.7.8 Wrong password"), TRY_AGAIN),
        (SMTPConnectError(554, b"5.7.1 Go away"), TRY_AGAIN),
        (SMTPSenderRefused(550, b"5.1.8 Bad sender", "shop@example.com"), TRY_AGAIN),
        (SMTPServerDisconnected("gone"), TRY_AGAIN),
        (ConnectionRefusedError(), TRY_AGAIN),
        (TimeoutError(), TRY_AGAIN),
        (AnymailAPIError("busy"), TRY_AGAIN),
        (refused_by_provider("invalid"), HARD_BOUNCE),
        (refused_by_provider("rejected"), GIVE_UP),
    ],
)
def test_whom_a_refusal_is_about(error, verdict):
    assert judge(error) == verdict


def test_a_hard_bounce_is_final_at_once_and_stops_the_address(smtp):
    server = smtp(f"RCPT {NOBODY}")
    ada = UserFactory(email="ada@example.com")
    bounced = EmailFactory(recipient="Ada@Example.com", user=ada, secret="t0ps3cret")
    assert deliver(email=bounced) == Email.Status.BOUNCED
    assert (bounced.attempts, bounced.sent_at) == (1, None)
    stopped = Suppression.objects.get()
    assert (stopped.address, stopped.reason, stopped.user, stopped.email) == (
        "ada@example.com",
        "bounce",
        ada,
        bounced,
    )
    assert "Nobody here" in stopped.detail
    bounced.refresh_from_db()
    assert bounced.secret == ""

    held_back = EmailFactory(kind="password_reset", recipient="ADA@example.com")
    assert deliver(email=held_back) == Email.Status.SUPPRESSED
    assert "is stopped since" in held_back.last_error
    assert deliver(email=EmailFactory(recipient="eve@example.com")) == Email.Status.SENT
    assert [m["To"] for m in server.taken] == ["eve@example.com"]


def test_a_text_that_is_refused_for_good_is_parked_at_once_and_stops_nobody(smtp):
    smtp("DATA 554 5.6.0 We do not like this text")
    email = EmailFactory()
    assert deliver(email=email) == Email.Status.FAILED
    assert email.attempts == 1
    assert not Suppression.objects.exists()


def test_a_server_that_refuses_everybody_is_tried_again_and_stops_nobody(settings):
    with socket.create_server(("127.0.0.1", 0)) as door:

        def greet():
            caller, _ = door.accept()
            with caller:
                caller.sendall(b"554 5.7.1 Not you\r\n")

        porter = threading.Thread(target=greet)
        porter.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", door.getsockname()[1], False
        email = EmailFactory()
        assert deliver(email=email) == Email.Status.QUEUED
        porter.join()
    assert "554" in email.last_error
    assert not Suppression.objects.exists()


def test_staff_allow_mail_again_and_send_what_was_held_back(smtp):
    server = smtp()
    stopped = SuppressionFactory(address="ada@example.com")
    email = EmailFactory(status=Email.Status.SUPPRESSED)
    with pytest.raises(NotSendable, match="stopped"):
        send_again(email=email, by=None)
    boss = ManagerFactory()
    lifted = allow(suppression=stopped, by=boss, because="She called")
    assert (lifted.lifted_by, lifted.lifted_because) == (boss, "She called")
    with pytest.raises(NotStopped):
        allow(suppression=stopped, by=boss, because="Again")
    assert deliver(email=send_again(email=email, by=boss)) == Email.Status.SENT
    assert len(server.taken) == 1


def test_somebody_who_complained_gets_only_what_cannot_be_switched_off():
    SuppressionFactory(address="ada@example.com", reason=Suppression.Reason.COMPLAINT)
    optional = next(kind for kind, mail in MAILS.items() if not mail.required)
    assert deliver(email=EmailFactory(kind=optional)) == Email.Status.SUPPRESSED
    assert deliver(email=EmailFactory(kind="retired_kind")) == Email.Status.SUPPRESSED
    assert deliver(email=EmailFactory(kind="password_reset")) == Email.Status.SENT


def test_another_bounce_stops_it_again():
    stopped = SuppressionFactory(address="ada@example.com")
    allow(suppression=stopped, by=ManagerFactory(), because="She called")
    stop(address="ada@example.com", reason="complaint", detail="Spam")
    stopped.refresh_from_db()
    assert (stopped.reason, stopped.lifted_at, stopped.lifted_by, stopped.lifted_because) == (
        "complaint",
        None,
        None,
        "",
    )
    stop(address="ADA@example.com", reason="bounce", detail="Later")
    stopped.refresh_from_db()
    assert (stopped.reason, stopped.detail) == ("complaint", "Spam")


def test_a_mail_server_that_quotes_the_mail_does_not_bring_a_token_into_the_record_or_the_log(smtp, caplog):
    caplog.set_level("DEBUG")
    smtp("DATA 451 Bad link t0p/s3cret and t0p%2Fs3cret", "DATA 554 t0p/s3cret", f"RCPT {NOBODY} t0p/s3cret")
    for turn, attempts in enumerate((1, 1, 1)):
        email = EmailFactory(event=f"token:{turn}", secret="t0p/s3cret", text="hidden-until-sent")
        deliver(email=email)
        assert email.attempts == attempts
        email.refresh_from_db()
        assert email.last_error
        assert "s3cret" not in email.last_error
    assert "s3cret" not in Suppression.objects.get().detail
    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "mail.log"
    )  # the server's own
    assert "was not taken" in ours
    assert "s3cret" not in ours
