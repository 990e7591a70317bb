"""The outside world of money, behind three small interfaces: for payments, for cards and for books.

A new gateway is a package here and a line in `GATEWAYS`.
"""

from dataclasses import dataclass

from django.conf import settings

from core.errors import DomainError, NotFound
from payments.gateways.base import Books, Gateway
from payments.gateways.manual import ManualGateway
from payments.gateways.paystack.books import PaystackBooks
from payments.gateways.paystack.client import PaystackGateway
from payments.gateways.sandbox.books import SandboxBooks
from payments.gateways.sandbox.client import SandboxGateway
from payments.gateways.sandbox.vault import SandboxVault
from payments.gateways.stripe.books import StripeBooks
from payments.gateways.stripe.client import StripeGateway
from payments.gateways.stripe.vault import StripeVault
from payments.gateways.vault import CardVault
from payments.models import Payment


@dataclass(frozen=True)
class Parts:
    """What a gateway consists of; not every one keeps cards, and money taken by hand has no books but ours."""

    client: type[Gateway]
    vault: type[CardVault] | None = None
    books: type[Books] | None = None


# In the order in which they are preferred.
GATEWAYS: dict[str, Parts] = {
    parts.client.name: parts
    for parts in (
        Parts(StripeGateway, vault=StripeVault, books=StripeBooks),
        Parts(PaystackGateway, books=PaystackBooks),
        Parts(SandboxGateway, vault=SandboxVault, books=SandboxBooks),
        Parts(ManualGateway),
    )
}


class NoGateway(DomainError):
    """No gateway takes this payment, or keeps this card."""

    status = 503
    code = "no_gateway"
    message = "This cannot be paid at the moment."


class UnknownGateway(NotFound):
    """No gateway has this name."""

    message = "There is no such payment provider."


def parts_of(name: str) -> Parts:
    """What the gateway of this name consists of. Raises UnknownGateway."""
    if name not in GATEWAYS:
        raise UnknownGateway
    return GATEWAYS[name]


def gateway_named(name: str) -> Gateway:
    """The gateway that a payment was made with. Raises UnknownGateway."""
    return parts_of(name).client()


def vault_named(name: str) -> CardVault:
    """Where the cards of this gateway are kept. Raises NoGateway where it keeps none, UnknownGateway."""
    vault = parts_of(name).vault
    if vault is None:
        raise NoGateway("This payment provider keeps no cards.")
    return vault()


def books_named(name: str) -> Books:
    """What this gateway has written down of our money. Raises NoGateway where it has no books, UnknownGateway."""
    books = parts_of(name).books
    if books is None:
        raise NoGateway("This payment provider has no books.")
    return books()


def has_books(name: str) -> bool:
    return parts_of(name).books is not None


def configured() -> list[str]:
    """The gateways through which this installation takes new payments, the preferred first.

    A retired one takes none, and is still asked for those that it took, and reports of them.
    """
    names = [name for name in GATEWAYS if name not in settings.RETIRED_GATEWAYS]
    return [name for name in names if gateway_named(name).is_configured]


def offered(*, currency: str) -> list[str]:
    """The gateways that may take a new payment in this currency, the preferred first."""
    return [name for name in configured() if gateway_named(name).takes(currency)]


def preferred(*, currency: str) -> str:
    """The gateway for a payment whose payer has no choice. Raises NoGateway."""
    names = offered(currency=currency)
    if not names:
        raise NoGateway
    return names[0]


def keeping_cards() -> list[str]:
    """The gateways that keep and charge cards now, the preferred first."""
    return [name for name in configured() if GATEWAYS[name].vault]


def in_use() -> list[str]:
    """The gateways with books of their own that take payments now, or did."""
    used = set(Payment.objects.order_by().values_list("gateway", flat=True).distinct())
    return [name for name in GATEWAYS if has_books(name) and (name in used or gateway_named(name).is_configured)]
