"""Saved cards over HTTP: list, add, make the default, remove; one's own and no other user's."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tests.factories import AdminFactory, UserFactory
from core.testing.client import ApiClient
from payments.cards import services as cards
from payments.cards import wallet
from payments.gateways.base import GatewayUnavailable
from payments.gateways.sandbox import vault as sandbox_vault
from payments.gateways.sandbox.vault import SandboxVault
from payments.models import SavedCard
from payments.signals import card_removed
from payments.tests.shop import DECLINED, GOOD, LOST, NO_FUNDS, save_card
from rentals.models import Autopay
from rentals.tests.factories import make_rental

pytestmark = pytest.mark.django_db

PREFIXES = ["payment/payment-methods", "payments/payment-methods"]
LIST = PREFIXES[0]


@pytest.fixture
def user():
    save_card()  # another user's, which could leak
    return UserFactory()


@pytest.fixture
def api(user):
    return ApiClient().login_as(user)


def setup_of(user, card=GOOD):
    """A setup with which the browser has saved a card."""
    setup = cards.start_setup(user=user).setup_id
    sandbox_vault.confirm_setup(setup_id=setup, card=card)
    return setup


def add(api, user, card=GOOD):
    """The card that was added."""
    answer = api.post(LIST, {"setup_intent_id": setup_of(user, card)})
    assert answer.status_code == 201, answer.content
    return answer.json()["payment_method"]


def default(api, name):
    """Make this card the default; the answer."""
    return api.put(f"{LIST}/{name}/default")


def listed(api):
    """(id, is_default) of the cards, as they are listed."""
    return [(each["id"], each["is_default"]) for each in api.get(LIST).json()["payment_methods"]]


@pytest.mark.parametrize("path", PREFIXES)
def test_a_card_is_added_listed_and_read(user, api, path):
    assert api.get(path).json() == {"payment_methods": []}
    setup = setup_of(user, NO_FUNDS)
    first, again = (api.post(path, {"setup_intent_id": setup}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    card = first.json()["payment_method"]
    saved = SavedCard.objects.get(user=user)
    assert card == {
        "id": saved.pk, "brand": "visa", "last4": "9995", "exp_month": 12, "exp_year": 2040, "is_default": True,
        "created_at": saved.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }  # fmt: skip
    assert api.get(path).json() == {"payment_methods": [card]}
    assert api.get(f"{path}/{saved.pk}").json() == {"payment_method": card}
    assert saved.payment_method_id not in first.content.decode()


def test_the_first_is_the_default_until_another_is(user, api):
    first, second, third = (add(api, user)["id"] for _ in range(3))
    assert listed(api) == [(third, False), (second, False), (first, True)]
    for _ in range(2):
        answer = default(api, third)
        assert (answer.status_code, answer.json()["payment_method"]["is_default"]) == (200, True)
    assert listed(api) == [(third, True), (second, False), (first, False)]


def test_removing_the_default_leaves_it_to_the_newest(user, api):
    first, second, third = (add(api, user)["id"] for _ in range(3))
    assert api.delete(f"/api/{LIST}/{second}").json() == {"message": "Payment method removed"}
    assert listed(api) == [(third, False), (first, True)]
    assert api.delete(f"/api/{LIST}/{first}").status_code == 200
    assert listed(api) == [(third, True)]
    assert api.delete(f"/api/{LIST}/{third}").status_code == 200
    assert listed(api) == []
    assert add(api, user)["is_default"]


def test_what_is_not_there_is_not_found(user, api, settings):
    theirs = SavedCard.objects.exclude(user=user).get()
    removed = add(api, user)["id"]
    kept = add(api, user)["id"]
    api.delete(f"/api/{LIST}/{removed}")
    staff = ApiClient().login_as(AdminFactory())
    gone = [(api, theirs.pk), (api, removed), (api, 0), (api, "abc"), (api, 2**64), (staff, theirs.pk)]
    for who, name in gone:
        for answer in (
            who.get(f"/api/{LIST}/{name}"),
            who.delete(f"/api/{LIST}/{name}"),
            default(who, name),
        ):
            assert (answer.status_code, answer.json()["message"]) == (404, "Payment method not found")
    theirs.refresh_from_db()
    assert theirs.is_default and theirs.removed_at is None
    settings.STRIPE_SECRET_KEY = "sk_test_x"  # the sandbox's cards cannot pay at Stripe
    assert api.get(f"/api/{LIST}/{kept}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {}, [], {"setup_intent_id": ""}, {"setup_intent_id": 7}, {"setup_intent_id": None},
        {"setup_intent_id": "x" * 121}, {"setup_intent_id": "seti_1", "number": "4111111111111111"},
        {"card": {"number": "4111111111111111"}},
    ],
)  # fmt: skip
def test_a_body_without_a_setup_is_refused(user, api, body, caplog):
    answer = api.post(LIST, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert "4111111111111111" not in answer.content.decode() + caplog.text
    assert not user.saved_cards.exists()


def test_somebody_elses_setup_saves_nothing(user, api):
    answer = api.post(LIST, {"setup_intent_id": setup_of(UserFactory())})
    assert (answer.status_code, answer.json()["message"]) == (404, "Card setup not found")
    assert not user.saved_cards.exists()


def test_a_decline_says_why_in_words_and_by_code(user, api):
    setup = cards.start_setup(user=user).setup_id
    sandbox_vault.confirm_setup(setup_id=setup, card=DECLINED)
    answer = api.post(LIST, {"setup_intent_id": setup}).json()
    assert (answer["status"], answer["code"], answer["message"], answer["details"]) == (
        400, "card_not_saved", "Your card was declined.", {"decline_code": ["card_declined"]},
    )  # fmt: skip
    begun = cards.start_setup(user=user).setup_id
    assert "details" not in api.post(LIST, {"setup_intent_id": begun}).json()


def test_a_card_stays_and_a_client_waits_while_the_gateway_is_away(user, api, monkeypatch):
    card = add(api, user)["id"]

    def away(*_, **__):
        raise GatewayUnavailable

    monkeypatch.setattr(SandboxVault, "forget", away)
    monkeypatch.setattr(SandboxVault, "read_setup", away)
    for answer in (api.delete(f"/api/{LIST}/{card}"), api.post(LIST, {"setup_intent_id": setup_of(user)})):
        assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "gateway_unavailable", "5")
    assert listed(api) == [(card, True)]


def test_a_removed_card_ends_the_autopay_it_pays_and_no_other(user, api):
    rentals = [make_rental(user=user, signed=True) for _ in range(3)]
    first, second = (SavedCard.objects.get(pk=add(api, user)["id"]) for _ in range(2))
    for rental, card in zip(rentals, (first, second, first), strict=True):
        Autopay.objects.create(
            rental=rental, active_for=rental, card=card, consent_text="Yes", consented_at=timezone.now()
        )
    assert api.delete(f"/api/{LIST}/{first.pk}").status_code == 200
    in_force = Autopay.objects.filter(active_for__isnull=False)
    assert [each.rental for each in in_force] == [rentals[1]]
    assert Autopay.objects.filter(card=first, ended_at__isnull=False).count() == 2


def test_a_removal_that_cannot_be_heard_is_none(user, api):
    card = SavedCard.objects.get(pk=add(api, user)["id"])

    def refuse(**_):
        raise RuntimeError

    card_removed.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            wallet.remove_card(card=card)
    finally:
        card_removed.disconnect(refuse)
    card.refresh_from_db()
    assert card.removed_at is None and card.is_default


def test_the_database_holds_one_default_for_a_customer_and_none_that_is_removed(user):
    first, second = save_card(user), save_card(user, LOST)
    for change in ({"default_of": first.customer}, {"removed_at": timezone.now(), "default_of": second.customer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedCard.objects.filter(pk=second.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedCard.objects.filter(pk=first.pk).update(removed_at=timezone.now())


def test_only_who_is_signed_in_has_cards(user):
    api = ApiClient()
    for path in PREFIXES:
        assert api.get(path).status_code == 401
        assert api.post(path, {"setup_intent_id": setup_of(user)}).status_code == 401
    assert not user.saved_cards.exists()


def test_the_list_asks_the_same_of_the_database_for_one_card_and_for_three(user, api):
    counts = []
    for _ in range(2):
        add(api, user)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            api.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]
