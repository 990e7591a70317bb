"""Mails as files."""

from email import policy
from email.parser import BytesParser

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives, get_connection

FOLDER = "notifications.outbox.folder.FolderBackend"


def send(subject, body="Hi Zoë 👩🏽‍💻,"):
    """One mail through the folder."""
    message = EmailMultiAlternatives(subject, body, "GigGatek <shop@example.com>", ["ada@example.com"])
    message.attach_alternative("<p>Hi Zoë</p>", "text/html")
    return get_connection(FOLDER).send_messages([message])


def files(settings):
    return sorted(settings.MAIL_DIR.iterdir())


def test_a_mail_is_one_file_that_mail_programs_read(settings):
    assert send("Grüße") == 1
    (file,) = files(settings)
    message = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    assert file.suffix == ".eml"
    assert message["Subject"] == "Grüße"
    assert message["To"] == "ada@example.com"
    assert message.get_body(("plain",)).get_content().strip() == "Hi Zoë 👩🏽‍💻,"
    assert "<p>Hi Zoë</p>" in message.get_body(("html",)).get_content()


def test_files_sort_by_time_and_none_is_overwritten(settings):
    for moment in ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T12:00:01Z"):
        with time_machine.travel(moment, tick=False):
            send(moment)
    subjects = [f"Subject: {moment}" for moment in ("2026-03-01T12:00:00Z",) * 2 + ("2026-03-01T12:00:01Z",)]
    assert [s in f.read_text() for s, f in zip(subjects, files(settings), strict=True)] == [True] * 3


def test_only_the_owner_reads_a_letter_that_may_hold_a_link(settings):
    send("Reset your password")
    assert files(settings)[0].stat().st_mode & 0o077 == 0


def test_a_mail_that_cannot_be_written_leaves_no_letter(settings):
    with pytest.raises(ValueError, match="newline"):
        send("Hi\nBcc: eve@example.com")
    assert not settings.MAIL_DIR.exists() or not list(settings.MAIL_DIR.glob("*.eml"))
