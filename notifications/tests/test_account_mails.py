"""Mails about an account speak in the name of the face where they were caused, and lead to its site alone."""

import re
from dataclasses import dataclass

import pytest
from django.core import mail

from accounts import services
from accounts.google import services as google
from accounts.google.identities import Identity
from accounts.sessions.tokens import open_session
from accounts.tests.factories import PASSWORD
from core.testing.client import ApiClient
from events.tests.clients import EventsClient
from notifications.models import Email, Notice
from notifications.outbox.resending import send_again
from notifications.outbox.sending import deliver

pytestmark = pytest.mark.django_db

NEW = "Another-horse-2!"
LINK = re.compile(r'(?<=href=")[^"]+|https?://[^\s"<]+')


@dataclass(frozen=True)
class Place:
    """A face, what its mails show of it, and what it calls the inputs of its clients."""

    face: str
    brand: str
    sender: str
    site: str
    client: type[ApiClient]
    names: dict[str, str]
    old_password: str


PLACES = [
    Place(
        face="shop",
        brand="GigGatek",
        sender="GigGatek <mail@shop.example>",
        site="https://shop.example",
        client=ApiClient,
        names={"first_name": "Ada", "last_name": "Lovelace"},
        old_password="current_password",
    ),
    Place(
        face="events",
        brand="PlatNG",
        sender="PlatNG <mail@tickets.example>",
        site="https://tickets.example",
        client=EventsClient,
        names={"full_name": "Ada Lovelace"},
        old_password="old_password",
    ),
]


def assert_comes_from(place, message):
    """Sender and name are the ones of the place, the other's name is nowhere, and every link leads to its site."""
    html = message.alternatives[0].content.replace('xmlns="http://www.w3.org/1999/xhtml"', "")
    said = f"{message.subject}\n{message.body}\n{html}"
    links = LINK.findall(said)
    assert message.from_email == place.sender
    assert place.brand in message.body
    assert place.brand in html
    assert [other.brand for other in PLACES if other.brand in said] == [place.brand]
    assert len(links) > 3
    assert [link for link in links if not f"{link}/".startswith(f"{place.site}/")] == []


@pytest.fixture(autouse=True)
def settings_of_places(settings):
    shop, events = PLACES
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = shop.site, shop.sender
    settings.EVENTS_FRONTEND_URL, settings.EVENTS_FROM_EMAIL = events.site, events.sender
    settings.EVENTS_BRAND_NAME = events.brand


@pytest.fixture(params=PLACES, ids=lambda place: place.face)
def place(request):
    return request.param


def sent(kind):
    """The last mail of this kind, as it went over the wire."""
    deliver(email=Email.objects.filter(kind=kind).latest("pk"))
    return mail.outbox[-1]


def token_in(message, page):
    return message.body.partition(f"/{page}?token=")[2].split()[0]


def join(place):
    return place.client().post("auth/register", {"email": "zoe@example.com", "password": PASSWORD, **place.names})


def sign_in_from_elsewhere(place, user):
    """Another device than the one of the session that is there."""
    open_session(user=user, face=place.face, ip_address="203.0.113.7", user_agent="curl/8")
    body = {"email": user.email, "password": PASSWORD}
    return place.client().post("auth/login", body, headers={"User-Agent": "Firefox/140 (Android)"})


def change_password(place, user):
    body = {place.old_password: PASSWORD, "new_password": NEW}
    return place.client().login_as(user).post("auth/change-password", body)


def reset_password(place, user):
    place.client().post("auth/password-reset-request", {"email": user.email})
    body = {"token": token_in(sent("password_reset"), "reset-password"), "new_password": NEW}
    return place.client().post("auth/password-reset", body)


WARNED = pytest.mark.parametrize(
    ("kind", "happen"),
    [
        ("new_sign_in", sign_in_from_elsewhere),
        ("password_changed", change_password),
        ("password_changed", reset_password),
    ],
)


def test_who_joins_is_welcomed_in_the_name_of_the_face(place):
    assert join(place).status_code == 201
    message = sent("welcome")
    assert_comes_from(place, message)
    assert message.subject == f"Welcome to {place.brand}"
    assert f"{place.site}/verify-email?token=" in message.body


def test_each_welcome_leads_to_what_is_sold_there():
    texts = []
    for number, place in enumerate(PLACES):
        body = {"email": f"zoe{number}@example.com", "password": PASSWORD, **place.names}
        place.client().post("auth/register", body)
        texts.append(sent("welcome").body)
    shop, events = texts
    assert "what is in store: https://shop.example/products\n" in shop
    assert "the events that are coming up: https://tickets.example/events\n" in events
    assert "store" not in events


def test_a_reset_and_a_verification_come_from_the_face_that_was_asked(place, user):
    place.client().post("auth/password-reset-request", {"email": user.email})
    message = sent("password_reset")
    assert_comes_from(place, message)
    assert f"{place.site}/reset-password?token=" in message.body
    place.client().login_as(user).post("auth/resend-verification")
    message = sent("verify_email")
    assert_comes_from(place, message)
    assert f"{place.site}/verify-email?token=" in message.body


@WARNED
def test_a_warning_comes_from_the_face_where_it_happened(place, user, kind, happen):
    assert happen(place, user).status_code == 200
    message = sent(kind)
    assert_comes_from(place, message)
    assert f"{place.site}/forgot-password\n" in message.body


@WARNED
def test_its_notice_shows_there_and_nowhere_else(place, user, kind, happen):
    happen(place, user)
    notice = Notice.objects.get(kind=kind)
    assert (notice.face, notice.link) == (place.face, f"{place.site}/forgot-password")
    shown = {other.face: other.client().login_as(user).get("notifications").json() for other in PLACES}
    titles = {face: [one["title"] for one in answer["notifications"]] for face, answer in shown.items()}
    assert titles == {other.face: [notice.title] if other == place else [] for other in PLACES}


def test_a_copy_keeps_the_face(place, user):
    change_password(place, user)
    first = sent("password_changed")
    copy = send_again(email=Email.objects.get(kind="password_changed"), by=None)
    deliver(email=copy)
    again = mail.outbox[-1]
    assert again is not first
    assert_comes_from(place, again)


def test_a_mail_that_could_not_be_rendered_is_rendered_for_its_face(place, user, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("notifications.outbox.queueing.render", lambda **_: 1 / 0)
        change_password(place, user)
    email = Email.objects.get(kind="password_changed")
    assert (email.status, email.html) == (Email.Status.FAILED, "")
    send_again(email=email, by=None)
    assert_comes_from(place, sent("password_changed"))
    assert Notice.objects.get(kind="password_changed").face == place.face


def test_who_loses_an_account_to_its_google_owner_reads_it_from_the_face_of_the_sign_in(place, user, rf):
    request = rf.post(f"{place.client.mount}/auth/google")
    google.sign_in(request=request, identity=Identity("1234567890", user.email, "Ada", "Lovelace"))
    assert_comes_from(place, sent("password_changed"))


def test_a_password_that_is_changed_in_the_back_office_is_told_by_the_shop(user):
    services.store_password(user=user, password_hash="!")
    assert_comes_from(PLACES[0], sent("password_changed"))
