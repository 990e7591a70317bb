"""Autopay is a consent: who gave it, to what, when, from where; and its end."""

from datetime import UTC, datetime
from unittest import mock

import pytest
import time_machine

from accounts.tests.factories import AdminFactory, UserFactory
from payments.cards import wallet
from payments.gateways.base import GatewayUnavailable
from payments.models import SavedCard
from rentals.autopay.consents import CONSENT_VERSION
from rentals.lifecycle.services import cancel_rental, return_rental
from rentals.models import Autopay
from rentals.tests.factories import make_rental
from rentals.tests.shop import client_of, save_card, turn_off, turn_on

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def rental():
    """Signed; beside it runs another user's with autopay on."""
    turn_on(make_rental(signed=True))
    return make_rental(signed=True)


def put(api, rental, setup, **more):
    return api.put(f"rentals/{rental.pk}/autopay", {"setup_intent_id": setup, "consent": True, **more})


def state(rental):
    return client_of(rental.user).get(f"rentals/{rental.pk}/autopay").json()


def test_consent_is_kept_with_text_version_time_and_address(rental, settings):
    settings.TRUSTED_PROXIES = 1
    shown = state(rental)
    assert shown["autopay"] == {"enabled": False, "card": None, "consented_at": None}
    api = client_of(rental.user)
    with time_machine.travel(NOW, tick=False):
        api = client_of(rental.user)
        setup = save_card(api)
        api.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.7"
        answer = put(api, rental, setup)
    assert answer.status_code == 200, answer.content
    kept = Autopay.objects.get(rental=rental)
    assert (kept.consent_text, kept.consent_version) == (shown["consent_text"], shown["consent_version"])
    assert "49.99 USD" in kept.consent_text and f"rental #{rental.pk}" in kept.consent_text
    assert (kept.consented_at, kept.consent_ip, kept.ended_at) == (NOW, "198.51.100.7", None)
    assert kept.active_for_id == rental.pk and kept.card.user == rental.user
    on = {"enabled": True, "card": {"brand": "visa", "last4": "4242"}, "consented_at": "2026-03-01T09:30:00Z"}
    assert answer.json()["autopay"] == on
    assert state(rental)["autopay"] == on


def test_a_text_that_changes_later_changes_no_consent(rental):
    before = turn_on(rental)["consent_text"]
    with (
        mock.patch("rentals.autopay.consents.CONSENT", "Anything goes."),
        mock.patch("rentals.autopay.consents.CONSENT_VERSION", "x"),
    ):
        assert state(rental)["consent_text"] == "Anything goes."
    kept = Autopay.objects.get(rental=rental)
    assert (kept.consent_text, kept.consent_version) == (before, CONSENT_VERSION)


@pytest.mark.parametrize("consent", [False, None, "yes", 0])
def test_nothing_is_consent_but_a_yes(rental, consent):
    api = client_of(rental.user)
    assert put(api, rental, save_card(api), consent=consent).status_code == 400
    api.put(f"rentals/{rental.pk}/autopay", {"setup_intent_id": save_card(api)})
    assert not rental.autopays.exists()


def test_only_a_signed_running_rental_is_paid_by_itself():
    pending, cancelled, returned = make_rental(), make_rental(), make_rental(signed=True)
    cancel_rental(rental=cancelled)
    return_rental(rental=returned)
    for rental in (pending, cancelled, returned):
        api = client_of(rental.user)
        answer = put(api, rental, save_card(api))
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_status"), rental.status
        assert state(rental)["autopay"]["enabled"] is False
    assert not Autopay.objects.exists()


def test_somebody_elses_setup_is_as_one_that_does_not_exist(rental):
    theirs = save_card(client_of(UserFactory()))
    api = client_of(rental.user)
    for setup in (theirs, "seti_sandbox_0"):
        answer = put(api, rental, setup)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not rental.autopays.exists()


def test_somebody_elses_rental_is_not_found(rental):
    stranger = client_of(UserFactory())
    answers = [put(stranger, rental, save_card(stranger)), stranger.get(f"rentals/{rental.pk}/autopay"),
               stranger.delete(f"rentals/{rental.pk}/autopay")]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 3


def test_staff_turn_nothing_on_for_a_customer(rental):
    for setup in (save_card(client_of(rental.user)), None):
        staff = client_of(AdminFactory())
        assert staff.get(f"rentals/{rental.pk}").status_code == 200
        assert put(staff, rental, setup or save_card(staff)).status_code == 404
    assert not rental.autopays.exists()


def test_a_declined_or_unfinished_setup_saves_no_card(rental):
    api = client_of(rental.user)
    declined = save_card(api, "4000000000000002")
    begun = api.post("payments/setup-intent").json()["setup_intent_id"]
    for setup in (declined, begun):
        answer = put(api, rental, setup)
        assert (answer.status_code, answer.json()["code"]) == (400, "card_not_saved")
    assert not rental.autopays.exists() and not SavedCard.objects.filter(user=rental.user).exists()


def test_a_removed_card_cannot_be_turned_on_again(rental):
    api = client_of(rental.user)
    setup = save_card(api)
    assert put(api, rental, setup).status_code == 200
    turn_off(rental)
    wallet.remove_card(card=SavedCard.objects.get(user=rental.user))
    answer = put(api, rental, setup)
    assert (answer.status_code, answer.json()["code"]) == (400, "card_not_usable")
    assert state(rental)["autopay"]["enabled"] is False


def test_no_gateway_no_consent(rental):
    api = client_of(rental.user)
    setup = save_card(api)
    with mock.patch("payments.gateways.sandbox.vault.SandboxVault.read_setup", side_effect=GatewayUnavailable):
        assert put(api, rental, setup).status_code == 503
    assert not rental.autopays.exists()


def test_another_card_ends_the_old_consent_and_keeps_its_row(rental):
    turn_on(rental)
    old = rental.autopays.get()
    with time_machine.travel(NOW, tick=False):
        assert turn_on(rental, "4000000000009995")["autopay"]["card"]["last4"] == "9995"
    new, kept = rental.autopays.all()
    assert (kept.pk, kept.active_for_id, kept.ended_at, kept.card) == (old.pk, None, NOW, old.card)
    assert (kept.consent_text, kept.consented_at) == (old.consent_text, old.consented_at)
    assert (new.active_for_id, new.ended_at, new.consented_at) == (rental.pk, None, NOW)


def test_the_same_setup_again_is_the_same_consent(rental):
    api = client_of(rental.user)
    setup = save_card(api)
    first, second = put(api, rental, setup), put(api, rental, setup)
    assert first.json() == second.json()
    assert rental.autopays.count() == 1


def test_off_is_one_call_and_may_be_made_again(rental):
    turn_on(rental)
    with time_machine.travel(NOW, tick=False):
        turn_off(rental)
    turn_off(rental)
    kept = rental.autopays.get()
    assert (kept.active_for_id, kept.ended_at) == (None, NOW)
    assert state(rental)["autopay"]["enabled"] is False
    assert Autopay.objects.exclude(active_for=None).count() == 1  # the other customer's


def test_the_end_of_a_rental_ends_autopay(rental):
    turn_on(rental)
    return_rental(rental=rental)
    assert rental.autopays.get().ended_at is not None
    assert state(rental)["autopay"]["enabled"] is False
