"""A process that is killed at any step of a charge leaves one charge, whoever comes after it."""

from itertools import product

import pytest

from payments import services
from payments.cards import services as cards
from payments.gateways.sandbox.client import SandboxGateway
from payments.gateways.sandbox.vault import SandboxVault
from payments.gateways.stripe.client import StripeGateway
from payments.gateways.stripe.vault import StripeVault
from payments.models import SandboxIntent
from payments.tests.shop import PaymentSignals, payment_of, save_card

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def card(user, flaky_stripe):
    """A card that is saved at the server with the bad days."""
    setup = cards.start_setup(user=user)
    return cards.finish_setup(user=user, setup_id=setup.setup_id)


def charge(card, payment, attempt="1"):
    return cards.charge_saved_card(payment=payment, card=card, attempt=attempt)


KILLS = [
    (StripeGateway, SandboxGateway, "create_intent"),
    (StripeGateway, SandboxGateway, "retrieve_intent"),
    (StripeVault, SandboxVault, "charge"),
    (services, services, "apply_intent"),
]


DEATHS = list(product(KILLS, ["before", "after"], ["1", "2"]))  # where, when, and who comes after


def kill(monkeypatch, owner, name, when):
    """The next call of this function ends the process, before or after it did its work."""
    real = getattr(owner, name)

    def dying(*args, **kwargs):
        monkeypatch.setattr(owner, name, real)
        if when == "after":
            real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(owner, name, dying)


@pytest.mark.parametrize("death", DEATHS, ids=lambda death: f"{death[0][2]} {death[1]} {death[2]}")
def test_a_process_killed_at_any_step_leaves_one_charge(user, card, flaky_stripe, monkeypatch, death):
    (owner, _, name), when, next_attempt = death
    payment = payment_of(user)
    kill(monkeypatch, owner, name, when)
    with PaymentSignals() as told:
        with pytest.raises(Killed):
            charge(card, payment)
        assert charge(card, payment, next_attempt).status == "succeeded"
    assert (len(flaky_stripe.made), flaky_stripe.charges, told) == (1, ["pi_1"], ["settled"])


@pytest.mark.parametrize("death", DEATHS, ids=lambda death: f"{death[0][2]} {death[1]} {death[2]}")
def test_so_it_is_in_the_sandbox(user, monkeypatch, death):
    (_, owner, name), when, next_attempt = death
    card, payment = save_card(user), payment_of(user)
    kill(monkeypatch, owner, name, when)
    with PaymentSignals() as told:
        with pytest.raises(Killed):
            charge(card, payment)
        assert charge(card, payment, next_attempt).status == "succeeded"
    assert told == ["settled"]
    assert SandboxIntent.objects.get().status == "succeeded"
    assert len(SandboxIntent.objects.get().confirm_keys) == 1
