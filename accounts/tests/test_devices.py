"""What a user signs in with, and whether it is new."""

import pytest

from accounts.models import Session
from accounts.sessions.devices import Device, device_of, network_of
from accounts.signals import new_device_used
from accounts.tests.factories import AdminFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "Correct-horse-1!"
MOZILLA = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) {}"
CHROME = MOZILLA.format("Windows NT 10.0; Win64; x64", "Chrome/126.0.0.0 Safari/537.36")
NEXT_CHROME = CHROME.replace("126", "127")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
HOME, SAME_NETWORK, ELSEWHERE = "203.0.113.7", "203.0.200.9", "198.51.100.7"


@pytest.mark.parametrize(
    ("agent", "program", "system"),
    [
        (CHROME, "Chrome", "Windows"),
        (FIREFOX, "Firefox", "Linux"),
        (MOZILLA.format("Windows NT 10.0", "Chrome/126.0 Safari/537.36 Edg/126.0"), "Edge", "Windows"),
        (MOZILLA.format("Macintosh; Intel Mac OS X 14_5", "Version/17.5 Safari/605.1.15"), "Safari", "macOS"),
        (MOZILLA.format("iPhone; CPU iPhone OS 17_5 like Mac OS X", "CriOS/126.0 Safari/604.1"), "Chrome", "iPhone"),
        (MOZILLA.format("Linux; Android 14; Pixel 8", "Chrome/126.0 Mobile Safari/537.36"), "Chrome", "Android"),
        ("curl/8.7.1", "curl", ""),
        ("python-requests/2.32.3", "python-requests", ""),
        ("", "", ""),
        ("Mozilla/5.0", "", ""),
        ("visit http://evil.example now", "", ""),
        ("<b>Bold</b>", "", ""),
    ],
)
def test_a_device_is_what_people_call_it(agent, program, system):
    assert device_of(agent) == Device(program=program, system=system)


@pytest.mark.parametrize(
    ("address", "network"),
    [(HOME, "203.0.0.0/16"), ("2001:db8:85a3::8a2e", "2001:db8::/32"), (None, ""), ("", "")],
)
def test_a_network_is_the_first_part_of_its_addresses(address, network):
    assert network_of(address) == network


@pytest.fixture
def told():
    sessions = []

    def listen(*, session, **_):
        sessions.append(session)

    new_device_used.connect(listen, sender=Session)
    yield sessions
    new_device_used.disconnect(listen, sender=Session)


@pytest.fixture
def ada():
    user = UserFactory(email="ada@example.com")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(api, email="ada@example.com", *, agent=CHROME, address=HOME):
    body = {"email": email, "password": PASSWORD}
    api.defaults["REMOTE_ADDR"] = address
    answer = api.post("auth/login", body, headers={"User-Agent": agent})
    assert answer.status_code == 200, answer.json()
    return answer


def test_the_first_sign_in_is_not_new(api, ada, told):
    sign_in(api)
    assert not told


def test_registering_is_not_new_and_neither_is_the_same_device_after_it(api, told):
    body = {"email": "zoe@example.com", "password": PASSWORD, "first_name": "Zoë", "last_name": "B"}
    api.defaults["REMOTE_ADDR"] = HOME
    assert api.post("auth/register", body, headers={"User-Agent": CHROME}).status_code == 201
    sign_in(api, "zoe@example.com")
    assert not told


@pytest.mark.parametrize(
    ("known", "now", "is_new"),
    [
        ((CHROME, HOME), (CHROME, HOME), False),
        ((CHROME, HOME), (NEXT_CHROME, SAME_NETWORK), False),
        ((CHROME, HOME), (FIREFOX, HOME), True),
        ((CHROME, HOME), (CHROME, ELSEWHERE), True),
        (("", HOME), ("", HOME), False),
        (("", HOME), (CHROME, HOME), True),
    ],
)
@pytest.mark.usefixtures("ada")
def test_a_sign_in_is_new_by_its_device_or_its_network(api, told, known, now, is_new):
    for agent, address in (known, now, now):
        sign_in(api, agent=agent, address=address)
    # Told once, at the first of the two.
    assert len(told) == is_new


def test_an_ended_session_is_remembered(api, ada, told):
    for agent in (CHROME, FIREFOX):
        sign_in(api, agent=agent)
    Session.objects.revoke()
    told.clear()
    sign_in(api, agent=FIREFOX)
    assert not told


def test_the_devices_of_others_are_not_known_to_this_account(api, ada, told):
    grace = AdminFactory(email="grace@example.com")
    grace.set_password(PASSWORD)
    grace.save()
    sign_in(api, agent=CHROME)
    sign_in(api, "grace@example.com", agent=FIREFOX)
    assert not told
    sign_in(api, "grace@example.com", agent=CHROME)
    assert [session.user for session in told] == [grace]


def test_refreshing_and_a_wrong_password_are_no_sign_in(api, ada, told):
    first = sign_in(api)
    body = {"refresh_token": first.json()["refresh_token"]}
    assert api.post("auth/refresh-token", body, headers={"User-Agent": FIREFOX}).status_code == 200
    wrong = {"email": ada.email, "password": "Wrong-horse-1!"}
    assert api.post("auth/login", wrong, headers={"User-Agent": FIREFOX}).status_code == 401
    assert not told
