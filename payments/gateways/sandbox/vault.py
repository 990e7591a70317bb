"""Saved cards of the sandbox: Stripe's Customers, SetupIntents and PaymentMethods without Stripe."""

import secrets
from typing import Any

from django.db import transaction

from core.errors import DomainError
from payments.gateways.base import GatewayRefused
from payments.gateways.records import Intent
from payments.gateways.sandbox import client as sandbox
from payments.gateways.sandbox.cards import BY_NAME, EXPIRES, TestCard, card_of, error_of
from payments.gateways.stripe.objects import intent_from, setup_from
from payments.gateways.vault import CardVault, Setup
from payments.models import SandboxCard, SandboxCustomer, SandboxSetup


class SetupOver(DomainError):
    """The card was saved, or the setup was cancelled."""

    code = "setup_intent_over"


class SandboxVault(CardVault):
    """Keeps test cards by their names in tables of its own."""

    def create_customer(self, *, reference: str, idempotency_key: str) -> str:
        """A new customer, or the one that this key made before."""
        fields = {"customer_id": f"cus_sandbox_{secrets.token_hex(12)}"}
        made, _ = SandboxCustomer.objects.get_or_create(idempotency_key=idempotency_key, defaults=fields)
        return made.customer_id

    def start_setup(self, *, customer_id: str) -> Setup:
        """A new SetupIntent."""
        setup_id = f"seti_sandbox_{secrets.token_hex(12)}"
        secret = f"{setup_id}_secret_{secrets.token_hex(12)}"
        made = SandboxSetup.objects.create(setup_id=setup_id, client_secret=secret, customer_id=customer_id)
        return setup_from(as_stripe_setup(made))

    def read_setup(self, setup_id: str) -> Setup:
        """The SetupIntent with its card."""
        return setup_from(as_stripe_setup(find_setup(setup_id)))

    def charge(self, *, intent: Intent, customer_id: str, payment_method_id: str, idempotency_key: str) -> Intent:
        """Try the card off-session, once for each key."""
        with transaction.atomic():
            ours = sandbox.find(intent.id, lock=True)
            if idempotency_key not in ours.confirm_keys and ours.status not in ("succeeded", "canceled"):
                card = kept_card(payment_method_id, customer_id)
                ours.customer_id = customer_id
                ours.confirm_keys.append(idempotency_key)
                sandbox.try_card(ours, card, off_session=True)
        return intent_from(sandbox.as_stripe_object(ours))

    def forget(self, payment_method_id: str) -> None:
        """Detach the card from its customer."""
        SandboxCard.objects.filter(payment_method_id=payment_method_id).update(customer_id="")


def kept_card(payment_method_id: str, customer_id: str) -> TestCard:
    """The customer's card. Raises GatewayRefused when it was detached or never was."""
    card = SandboxCard.objects.filter(payment_method_id=payment_method_id, customer_id=customer_id).first()
    if card is None:
        raise GatewayRefused("The customer has no such payment method.")
    return BY_NAME[card.name]


def find_setup(setup_id: str, *, lock: bool = False) -> SandboxSetup:
    """The setup. Raises GatewayRefused when there is none."""
    setups = SandboxSetup.objects.select_for_update() if lock else SandboxSetup.objects
    try:
        return setups.get(setup_id=setup_id)
    except SandboxSetup.DoesNotExist as error:
        raise GatewayRefused("There is no such setup intent.") from error


def confirm_setup(*, setup_id: str, card: str) -> SandboxSetup:
    """Do what Stripe's script does in a browser: save `card`. Raises UnknownCard, SetupOver.

    A declined card leaves the setup open for another one.
    """
    known = card_of(card)
    with transaction.atomic():
        setup = find_setup(setup_id, lock=True)
        if setup.status != "requires_payment_method":
            raise SetupOver(f"The setup intent is {setup.status}.")
        setup.failure_code = "" if known.attaches else known.failure_code
        if known.attaches:
            setup.card, setup.status = attach(known, setup.customer_id), "succeeded"
        setup.save()
        return setup


def attach(card: TestCard, customer_id: str) -> SandboxCard:
    """A new payment method of the customer."""
    token = f"pm_sandbox_{card.name}_{secrets.token_hex(8)}"
    return SandboxCard.objects.create(payment_method_id=token, name=card.name, customer_id=customer_id)


def as_stripe_setup(setup: SandboxSetup) -> dict[str, Any]:
    """The setup in Stripe's shape, its payment method expanded."""
    return {
        "id": setup.setup_id,
        "object": "setup_intent",
        "status": setup.status,
        "client_secret": setup.client_secret,
        "customer": setup.customer_id,
        "payment_method": as_stripe_card(setup.card) if setup.card else None,
        "last_setup_error": error_of(setup.failure_code),
    }


def as_stripe_card(card: SandboxCard) -> dict[str, Any]:
    """The card in Stripe's shape."""
    month, year = EXPIRES
    details = {"brand": "visa", "last4": BY_NAME[card.name].last4, "exp_month": month, "exp_year": year}
    return {"id": card.payment_method_id, "object": "payment_method", "type": "card", "card": details}
