"""The outside world of money, behind three small interfaces: for payments, for cards and for books."""

from django.conf import settings

from payments.gateways.base import Gateway
from payments.gateways.books import Books
from payments.gateways.manual import ManualGateway
from payments.gateways.sandbox.books import SandboxBooks
from payments.gateways.sandbox.client import SandboxGateway
from payments.gateways.sandbox.vault import SandboxVault
from payments.gateways.stripe.books import StripeBooks
from payments.gateways.stripe.client import StripeGateway
from payments.gateways.stripe.vault import StripeVault
from payments.gateways.vault import CardVault

GATEWAYS: dict[str, type[Gateway]] = {
    gateway.name: gateway for gateway in (StripeGateway, SandboxGateway, ManualGateway)
}
VAULTS: dict[str, type[CardVault]] = {StripeGateway.name: StripeVault, SandboxGateway.name: SandboxVault}
BOOKS: dict[str, type[Books]] = {StripeGateway.name: StripeBooks, SandboxGateway.name: SandboxBooks}


def configured_name() -> str:
    """The gateway that takes new payments and cards: Stripe when its key is set, else the sandbox."""
    return StripeGateway.name if settings.STRIPE_SECRET_KEY else SandboxGateway.name


def gateway_named(name: str) -> Gateway:
    """The gateway that a payment was made with."""
    return GATEWAYS[name]()


def vault_named(name: str) -> CardVault:
    """Where the cards of this gateway are kept."""
    return VAULTS[name]()


def books_named(name: str) -> Books:
    """What this gateway has written down of our money. Money taken by hand has no books but ours."""
    return BOOKS[name]()
