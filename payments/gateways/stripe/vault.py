"""Saved cards at Stripe: Customers, SetupIntents and PaymentMethods."""

from typing import Any

from django.conf import settings

from payments.gateways.base import CardDeclined, GatewayRefused
from payments.gateways.records import Intent
from payments.gateways.stripe.client import StripeGateway, typed_errors
from payments.gateways.stripe.objects import intent_from, setup_from
from payments.gateways.vault import CardVault, Setup


class StripeVault(CardVault):
    """Cards are typed into Stripe's own form; their numbers never come here."""

    def __init__(self) -> None:
        self.gateway = StripeGateway()
        self.api = self.gateway.client.v1

    def create_customer(self, *, reference: str, idempotency_key: str) -> str:
        """A Customer whose metadata name our own key; who it is, Stripe need not know."""
        params: Any = {"metadata": {"giggatek_user": reference}}
        with typed_errors():
            return self.api.customers.create(params, {"idempotency_key": idempotency_key}).id

    def start_setup(self, *, customer_id: str) -> Setup:
        """A SetupIntent for cards that are charged off-session."""
        params: Any = {"customer": customer_id, "usage": "off_session", "payment_method_types": ["card"]}
        with typed_errors():
            return setup_from(self.api.setup_intents.create(params).to_dict())

    def read_setup(self, setup_id: str) -> Setup:
        """The SetupIntent with its card."""
        with typed_errors():
            return setup_from(self.api.setup_intents.retrieve(setup_id, {"expand": ["payment_method"]}).to_dict())

    def charge(self, *, intent: Intent, customer_id: str, payment_method_id: str, idempotency_key: str) -> Intent:
        """Confirm off-session; how a refused try stands is read from the intent.

        Raises GatewayRefused when there was no try at all, because Stripe knows no such card any longer.
        """
        if intent.customer_id != customer_id:
            self.give_to(intent, customer_id)
        # The account may allow methods that redirect, and then Stripe asks for an address to return to.
        params: Any = {"payment_method": payment_method_id, "off_session": True, "return_url": settings.SITE_URL}
        try:
            with typed_errors():
                done = self.api.payment_intents.confirm(intent.id, params, {"idempotency_key": idempotency_key})
            return intent_from(done)
        except CardDeclined:
            return self.gateway.retrieve_intent(intent.id)
        except GatewayRefused:
            now = self.gateway.retrieve_intent(intent.id)
            if now.waits_for_a_card:
                raise
            return now

    def give_to(self, intent: Intent, customer_id: str) -> None:
        """Tie an intent to the customer, whose cards Stripe takes for it only then."""
        params: Any = {"customer": customer_id}
        with typed_errors():
            self.api.payment_intents.update(intent.id, params)

    def forget(self, payment_method_id: str) -> None:
        """Detach; Stripe refuses that for a method that was detached before, or never was."""
        try:
            with typed_errors():
                self.api.payment_methods.detach(payment_method_id)
        except GatewayRefused:
            return
