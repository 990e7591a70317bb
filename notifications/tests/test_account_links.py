"""Links with tokens lead to the site of the face that was asked."""

import pytest

from core.testing.client import ApiClient
from events.tests.clients import EventsClient
from notifications.models import Email

pytestmark = pytest.mark.django_db

SITES = {"shop": "https://shop.example", "events": "https://tickets.example"}


@pytest.fixture(autouse=True)
def sites(settings):
    settings.SITE_URL, settings.EVENTS_FRONTEND_URL = SITES.values()


def links(kind):
    """Where the last mail of this kind leads, beside the page with the token."""
    return [word for word in Email.objects.filter(kind=kind).latest("pk").text.split() if "?token=" in word]


@pytest.mark.parametrize(("face", "client"), [("shop", ApiClient), ("events", EventsClient)])
def test_a_reset_and_a_verification_lead_to_the_site_that_was_asked(user, face, client):
    client().post("auth/password-reset-request", {"email": user.email})
    assert [link.startswith(f"{SITES[face]}/reset-password?token=") for link in links("password_reset")] == [True]
    client().login_as(user).post("auth/resend-verification")
    assert [link.startswith(f"{SITES[face]}/verify-email?token=") for link in links("verify_email")] == [True]


def test_who_joins_at_the_box_office_verifies_there():
    EventsClient().post("auth/register", {"email": "a@b.example", "password": "lagos-2026", "full_name": "Ada L"})
    assert links("welcome")[0].startswith(f"{SITES['events']}/verify-email?token=")
