"""How mails leave is a matter of settings, and `check` finds what is wrong with them."""

import ast
import os
import subprocess
import sys

import pytest
from django.conf import settings as project

from notifications.outbox.checks import days_of_bodies, known_provider, mails_are_delivered


@pytest.mark.parametrize(
    "environment, backend",
    [
        ({}, "notifications.outbox.folder.FolderBackend"),
        ({"EMAIL_HOST": "mail"}, "django.core.mail.backends.smtp.EmailBackend"),
        ({"EMAIL_HOST": "mail", "EMAIL_PROVIDER": "mailgun"}, "anymail.backends.mailgun.EmailBackend"),
    ],
)
def test_the_environment_chooses_the_backend_and_gives_the_provider_its_keys(environment, backend):
    keys = {"ANYMAIL_MAILGUN_API_KEY": "k", "ANYMAIL_WEBHOOK_SECRET": "a:b"}
    code = "from giggatek import settings as s; print(s.EMAIL_BACKEND, s.ANYMAIL)"
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.BASE_DIR,
        env={"PATH": os.environ["PATH"], "TESTING": "true", **keys, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    known = {"MAILGUN_API_KEY": "k", "WEBHOOK_SECRET": "a:b", "IGNORE_UNSUPPORTED_FEATURES": True}
    assert run.stdout.split(maxsplit=1)[0] == backend
    assert ast.literal_eval(run.stdout.split(maxsplit=1)[1]) == known


def ids(found):
    return [message.id for message in found]


@pytest.mark.parametrize(
    "name, wrong", [("", []), ("mailgun", []), ("mailgnu", ["notifications.E001"]), ("../x", ["notifications.E001"])]
)
def test_a_provider_that_is_not_known_is_an_error(settings, name, wrong):
    settings.EMAIL_PROVIDER = name
    assert ids(known_provider(None)) == wrong


@pytest.mark.parametrize(
    "days, wrong", [(1, []), (90, []), (0, ["E002"]), (-1, ["E002"]), (99_999_999_999, ["E002"])]
)
def test_days_that_would_remove_the_texts_of_new_mails_are_an_error(settings, days, wrong):
    settings.MAIL_BODY_DAYS = days
    assert ids(days_of_bodies(None)) == [f"notifications.{name}" for name in wrong]


def test_a_live_shop_is_warned_of_mails_that_stay_in_a_folder(settings):
    settings.EMAIL_PROVIDER = settings.EMAIL_HOST = ""
    assert ids(mails_are_delivered(None)) == ["notifications.W001"]
    settings.EMAIL_HOST = "mail"
    assert not mails_are_delivered(None)


def test_a_live_shop_is_warned_of_a_provider_whose_bounces_stay_unknown(settings, request):
    settings.EMAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": ""}
    assert ids(mails_are_delivered(None)) == ["notifications.W002"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": "provider:open sesame"}
    assert not mails_are_delivered(None)
    request.getfixturevalue("use_mailgun")
    assert not mails_are_delivered(None)
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert ids(mails_are_delivered(None)) == ["notifications.W002"]
