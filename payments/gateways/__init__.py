"""The outside world of money, behind one small interface."""

from django.conf import settings

from payments.gateways.base import Gateway
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.stripe import StripeGateway

GATEWAYS: dict[str, type[Gateway]] = {gateway.name: gateway for gateway in (StripeGateway, SandboxGateway)}


def configured_name() -> str:
    """The gateway that takes new payments: Stripe when its key is set, else the sandbox."""
    return StripeGateway.name if settings.STRIPE_SECRET_KEY else SandboxGateway.name


def gateway_named(name: str) -> Gateway:
    """The gateway that a payment was made with."""
    return GATEWAYS[name]()


def current_gateway() -> Gateway:
    """The gateway that takes new payments."""
    return gateway_named(configured_name())
