"""Saving and charging cards in one line each, for the tests."""

from decimal import Decimal

from accounts.tests.factories import UserFactory
from payments.cards import services as cards
from payments.gateways import preferred
from payments.gateways.sandbox import vault as sandbox_vault
from payments.services import open_payment
from payments.signals import payment_failed, payment_settled

GOOD, DECLINED, DECLINED_LATER = "4242424242424242", "4000000000000002", "4000000000000341"
NO_FUNDS, LOST, EXPIRED = "4000000000009995", "4000000000009987", "4000000000000069"
ASKS, ALWAYS_ASKS = "4000002500003155", "4000002760003184"


def save_card(user=None, number=GOOD):
    """A card that the user saved in the sandbox."""
    user = user or UserFactory()
    setup = cards.start_setup(user=user)
    sandbox_vault.confirm_setup(setup_id=setup.setup_id, card=number)
    return cards.finish_setup(user=user, setup_id=setup.setup_id)


def payment_of(user, amount="49.99", **more):
    """A payment that this user owes."""
    return open_payment(user=user, amount=Decimal(amount), currency="USD", gateway=preferred(currency="USD"), **more)


class Told:
    """What the signals tell while the block runs: "settled" and "failed", in order."""

    def __enter__(self):
        self.heard = []
        payment_settled.connect(self.settled)
        payment_failed.connect(self.failed)
        return self.heard

    def __exit__(self, *error):
        payment_settled.disconnect(self.settled)
        payment_failed.disconnect(self.failed)

    def settled(self, **_):
        self.heard.append("settled")

    def failed(self, **_):
        self.heard.append("failed")
