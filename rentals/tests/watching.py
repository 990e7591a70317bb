"""How to see that nothing came of a request."""

from accounts.models import Address
from catalog.models import Device, Product
from payments.models import Payment, Refund, SandboxIntent, WebhookEvent
from rentals.models import (
    Autopay,
    Contract,
    ContractDocument,
    ContractEvent,
    Installment,
    Rental,
    RentalPayment,
    RentalStatusChange,
)

WATCHED = (
    *(Rental, RentalStatusChange, Installment, RentalPayment, Contract, ContractEvent, ContractDocument, Autopay),
    *(Payment, Refund, SandboxIntent, WebhookEvent, Product, Device, Address),
)


def snapshot():
    """Every row that a rental could touch."""
    return {model: list(model.objects.order_by("pk").values()) for model in WATCHED}
