"""What a gateway that keeps cards can do beside taking payments, in our own words."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from payments.gateways.records import Intent
from payments.models import CardSetup


@dataclass(frozen=True)
class Card:
    """A saved card as a gateway tells of it: the token to charge it with, and what its owner knows it by."""

    payment_method_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True)
class Setup:
    """A SetupIntent as a gateway sees it; it has its card once it succeeded."""

    id: str
    status: CardSetup.Status
    client_secret: str = ""
    card: Card | None = None
    failure_code: str = ""
    failure_message: str = ""


class CardVault(ABC):
    """Where the cards of one provider are kept. Every call raises GatewayUnavailable or GatewayRefused."""

    @abstractmethod
    def create_customer(self, *, reference: str, idempotency_key: str) -> str:
        """The id of the customer that this key made, now or before; `reference` is our own key."""

    @abstractmethod
    def start_setup(self, *, customer_id: str) -> Setup:
        """A new SetupIntent, with which the customer's browser saves a card to be charged off-session."""

    @abstractmethod
    def read_setup(self, setup_id: str) -> Setup:
        """The SetupIntent as it stands now."""

    @abstractmethod
    def charge(self, *, intent: Intent, customer_id: str, payment_method_id: str, idempotency_key: str) -> Intent:
        """Confirm the intent with a saved card while its owner is away; the intent after that, a declined one too.

        An intent pays once whatever the key; the same key is the same try, so that a decline is not tried twice.
        """

    @abstractmethod
    def forget(self, payment_method_id: str) -> None:
        """Charge this card never again; nothing happens when it was forgotten before."""
