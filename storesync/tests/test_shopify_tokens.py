"""A merchant's consent, the tokens that follow, and their renewal before they end."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from core.testing.lines import answer, server
from storesync import wire
from storesync.connectors.registry import connector_of
from storesync.connectors.shopify import oauth
from storesync.models import Connection
from storesync.tests.factories import make_connection
from storesync.tests.shops import CALLBACK, SHOP, ending, renewals, shopify_credentials, stored

pytestmark = pytest.mark.django_db


def test_the_address_of_consent_is_the_shops_own(settings):
    settings.MOCK_MODE = True
    address = urlsplit(oauth.authorize_url(SHOP, state="a b&c", redirect_uri=CALLBACK))
    assert (address.scheme, address.netloc, address.path) == ("https", SHOP, "/admin/oauth/authorize")
    assert dict(parse_qsl(address.query)) == {
        "client_id": settings.SHOPIFY_CLIENT_ID, "scope": ",".join(settings.SHOPIFY_SCOPES),
        "redirect_uri": CALLBACK, "state": "a b&c",
    }  # fmt: skip


def test_a_code_is_exchanged_for_tokens_that_end(shopify, consent_code):
    grant = oauth.exchange(SHOP, consent_code)
    assert timedelta(minutes=59) < grant.expires_at - datetime.now(UTC) <= timedelta(hours=1)
    assert grant.scopes.startswith("read_products,")
    assert json.loads(grant.credentials) == {
        "access_token": grant.access_token, "refresh_token": grant.refresh_token,
    }  # fmt: skip
    with pytest.raises(wire.Rejected):
        oauth.exchange(SHOP, consent_code)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"access_token": ""}', b'{"access_token": null}', b'{"access_token": {}}']
)
def test_an_answer_without_a_token_is_none(settings, body):
    settings.MOCK_MODE = True
    with server(lambda line: line.sendall(answer(body))) as there:
        settings.MOCK_SHOPIFY_URL = there.base
        with pytest.raises(wire.BadAnswer):
            oauth.exchange(SHOP, "code")


def test_a_token_without_an_end_is_kept(settings):
    settings.MOCK_MODE = True
    with server(lambda line: line.sendall(answer(b'{"access_token": "t", "scope": "a"}'))) as there:
        settings.MOCK_SHOPIFY_URL = there.base
        assert oauth.exchange(SHOP, "code") == oauth.Grant("t", "", "a", None)


def test_no_secret_stands_in_the_reason_of_a_refusal(settings):
    settings.MOCK_MODE = True
    body = json.dumps({"error": "x", "error_description": f"No {settings.SHOPIFY_CLIENT_SECRET} c0de"}).encode()
    with server(lambda line: line.sendall(answer(body, "400 No"))) as there:
        settings.MOCK_SHOPIFY_URL = there.base
        with pytest.raises(wire.Rejected, match=r"No \*\*\* \*\*\*"):
            oauth.exchange(SHOP, "c0de")


def test_a_token_is_renewed_before_it_ends(shopify, consent_code):
    connection = ending(consent_code, seconds=240)
    old, *_ = stored(connection)
    assert connector_of(connection).check().currency == "NGN"
    new, expires_at, lease = stored(connection)
    assert (new["access_token"] != old["access_token"], new["refresh_token"] != old["refresh_token"]) == (True, True)
    assert (expires_at - timezone.now() > timedelta(minutes=59), lease) == (True, None)
    connector_of(Connection.objects.get()).check()
    assert renewals(shopify) == 1


def test_a_token_that_is_good_is_left_alone(shopify, consent_code):
    connection = ending(consent_code, seconds=400)
    connector_of(connection).check()
    assert renewals(shopify) == 0


def test_while_another_worker_renews_the_old_token_is_used_as_long_as_it_is_good(shopify, consent_code):
    connection = ending(consent_code, seconds=240)
    Connection.objects.update(renewing_until=timezone.now() + oauth.LEASE)
    connector_of(connection).check()
    assert renewals(shopify) == 0


def test_a_token_that_another_worker_has_renewed_is_taken_from_the_row(shopify, consent_code):
    connection = ending(consent_code, seconds=-1)
    connector_of(Connection.objects.get()).check()
    assert oauth.access_token(connection) == stored(connection)[0]["access_token"]
    assert renewals(shopify) == 1


def test_after_a_worker_died_at_the_renewal_its_lease_ends_and_another_renews(shopify, consent_code):
    """The old refresh token is good until the new access token was used."""
    connection = ending(consent_code, seconds=-1)
    oauth.renew(SHOP, stored(connection)[0]["refresh_token"])
    Connection.objects.update(renewing_until=timezone.now() - timedelta(seconds=1))
    assert connector_of(connection).check().currency == "NGN"


@pytest.mark.parametrize(("fault", "error"), [("drop", wire.Unreachable), ("500", wire.Unreachable)])
def test_a_renewal_that_failed_is_left_to_the_next(shopify, consent_code, fault, error):
    connection = ending(consent_code, seconds=-1)
    shopify.fail(fault, count=1, match="access_token")
    with pytest.raises(error):
        oauth.access_token(connection)
    assert stored(connection)[2] is None
    assert oauth.access_token(connection)


def test_a_refresh_token_that_is_not_good_any_more_is_a_refusal(shopify, consent_code):
    connection = ending(consent_code, seconds=-1)
    connection.credentials = shopify_credentials("shpat_x", "shprt_x")
    with pytest.raises(wire.RefusedCredentials):
        oauth.access_token(connection)
    assert stored(connection)[2] is None


def test_a_connection_without_credentials_calls_nobody(shopify):
    connection = make_connection(address=SHOP, credentials=None)
    with pytest.raises(wire.RefusedCredentials):
        connector_of(connection).check()
    assert shopify.calls() == []


def test_a_connection_that_was_removed_meanwhile_gets_no_secret_back(shopify, consent_code, monkeypatch):
    connection = ending(consent_code, seconds=-1)
    real = oauth.renew

    def renew(shop, token):
        Connection.objects.update(status="removed", key=None, credentials=None, webhook_secret=None)
        return real(shop, token)

    monkeypatch.setattr(oauth, "renew", renew)
    oauth.access_token(connection)
    assert Connection.objects.get().credentials is None
