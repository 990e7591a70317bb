"""One click ends a kind of mail, without an account; a forged link ends nothing."""

import pytest
from django.core import mail, signing
from django.test import Client
from structlog.testing import capture_logs

from accounts.tests.factories import UserFactory
from core.testing.races import race
from notifications.mails.base import MAILS
from notifications.mails.rendering import render
from notifications.models import Email, OptOut
from notifications.outbox.sending import deliver
from notifications.outbox.unsubscribe import SIGNER, refusable, unsubscribe_url
from notifications.tests.factories import CONTEXTS, OPTIONAL, REQUIRED, write_to

pytestmark = pytest.mark.django_db

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"
GROUP = MAILS[OPTIONAL].group.name
# A group in which every mail must be sent.
NEVER = next(mail.group.name for mail in MAILS.values() if not refusable(mail.group.name))


@pytest.fixture
def browser():
    """Without a session, and as strict about forged requests as the real site."""
    return Client(enforce_csrf_checks=True)


def link(user, kind=OPTIONAL):
    """The path of the link in a mail."""
    return unsubscribe_url(user_id=user.pk, kind=kind).removeprefix("http://localhost:8000")


def sent(user, kind):
    """The mail of this kind, as it went over the wire."""
    write_to(user, kind=kind)
    deliver(email=Email.objects.get(kind=kind))
    return mail.outbox[-1]


def test_a_mail_that_can_be_refused_carries_the_link_in_headers_and_footer(user, settings):
    settings.SITE_URL = "https://shop.example.com"
    message = sent(user, OPTIONAL)
    url = f"https://shop.example.com/unsubscribe/{SIGNER.sign(f'{user.pk}.{GROUP}')}"
    wire = message.message()
    assert wire["List-Unsubscribe"] == f"<{url}>"
    assert wire["List-Unsubscribe-Post"] == ONE_CLICK
    assert url in message.body
    assert f'href="{url}"' in message.alternatives[0].content


def test_a_mail_that_must_be_sent_carries_none(user):
    message = sent(user, REQUIRED)
    assert not [name for name in message.message() if name.startswith("List-")]
    assert "nsubscribe" not in message.body + message.alternatives[0].content


@pytest.mark.parametrize("kind", MAILS)
def test_every_template_has_the_footer_exactly_where_it_can_be_refused(kind):
    url = "https://shop.example.com/unsubscribe/1.x:y"
    with_link, without = (
        render(kind=kind, face="shop", context=CONTEXTS[kind], unsubscribe_url=u) for u in (url, "")
    )
    assert (with_link.text.count(url), with_link.html.count(url)) == (1, 1)
    assert "nsubscribe" not in without.text + without.html


def test_one_click_ends_the_mails_of_the_group_and_no_other(user, browser):
    for _ in range(2):
        answer = browser.post(link(user), ONE_CLICK, content_type=FORM)
        assert answer.status_code == 200
    ended = set(OptOut.objects.filter(user=user, channel="email").values_list("kind", flat=True))
    assert ended == {kind for kind, mail in MAILS.items() if mail.group.name == GROUP and not mail.required}
    assert OptOut.objects.count() == len(ended)
    write_to(user, OPTIONAL)
    assert not Email.objects.exists()
    write_to(user, REQUIRED)
    write_to(UserFactory(), OPTIONAL)
    assert Email.objects.count() == 2


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_who_only_looks_changes_nothing(user, browser, method):
    """Programs that scan mails open every link in them."""
    answer = getattr(browser, method)(link(user))
    assert answer.status_code == 200
    assert not OptOut.objects.exists()


def test_the_page_has_a_button_and_nothing_from_elsewhere(user, browser):
    page = browser.get(link(user))
    text = page.content.decode()
    assert '<form method="post">' in text
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert "no-store" in page["Cache-Control"]
    assert "<form" not in browser.post(link(user)).content.decode()


def test_the_page_speaks_the_readers_language_and_english_when_it_knows_no_reader(browser):
    path = link(UserFactory(language="es"))
    spanish = browser.get(path, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert '<html lang="es">' in spanish
    assert "¿" in spanish
    stranger = browser.get(f"{path}x", HTTP_ACCEPT_LANGUAGE="es")
    assert '<html lang="en">' in stranger.content.decode()


def test_the_link_signs_nobody_in(user, browser, api):
    answer = browser.post(link(user))
    assert not answer.cookies
    token = link(user).rpartition("/")[2]
    assert api.get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


# Tokens that we did not give out, or that name what is not there, made of a user and of a good token.
FORGERIES = {
    "empty signature": lambda user, good: good.partition(":")[0] + ":",
    "no signature": lambda user, good: good.partition(":")[0],
    "cut off": lambda user, good: good[:-1],
    "half": lambda user, good: good[: len(good) // 2],
    "another user": lambda user, good: good.replace(f"{user.pk}.", f"{UserFactory().pk}.", 1),
    "another group": lambda user, good: good.replace(GROUP, "other"),
    "another salt": lambda user, good: signing.Signer(salt="notifications.other").sign(good.partition(":")[0]),
    "no salt": lambda user, good: signing.Signer().sign(good.partition(":")[0]),
    "a user who is gone": lambda user, good: SIGNER.sign(f"999999.{GROUP}"),
    "a group of required mails": lambda user, good: SIGNER.sign(f"{user.pk}.{NEVER}"),
    "a group that is gone": lambda user, good: SIGNER.sign(f"{user.pk}.gone"),
    "no ASCII": lambda user, good: "%C3%A9:%C3%A9",
    "no UTF-8": lambda user, good: "%ED%A0%80%FF",
    "NUL": lambda user, good: "%00:%00",
    "long": lambda user, good: "1" * 5000,
    "colons": lambda user, good: ":::",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_or_broken_link_is_404_and_ends_nothing(user, browser, name):
    token = FORGERIES[name](user, link(user).rpartition("/")[2])
    for answer in (browser.get(f"/unsubscribe/{token}"), browser.post(f"/unsubscribe/{token}", ONE_CLICK, FORM)):
        assert answer.status_code == 404
        assert "<form" not in answer.content.decode()
    assert not OptOut.objects.exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one():
    for _ in range(5):
        path = link(UserFactory())
        answers = race([lambda path=path: Client().post(path)] * 4)
        assert [answer.status_code for answer in answers] == [200] * 4
    assert OptOut.objects.count() == 5 * len(refusable(GROUP))


def test_the_token_is_in_no_log(user, browser):
    with capture_logs() as lines:
        browser.post(link(user))
    requests = [line["request"] for line in lines if "request" in line]
    assert requests == ["POST /unsubscribe/***"] * 2
    assert link(user).rpartition("/")[2] not in str(lines)


def test_a_mail_whose_user_is_gone_offers_nothing(user):
    write_to(user)
    email = Email.objects.get()
    Email.objects.update(user=None)
    email.refresh_from_db()
    deliver(email=email)
    assert "List-Unsubscribe" not in mail.outbox[0].message()
