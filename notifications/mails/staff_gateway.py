"""Mails to those who work here about what only a person can do with money at a gateway."""

from typing import Any, TypedDict

from notifications.mails.parts import usd
from notifications.mails.staff import RefundFailed, StaffMail, admin_page
from notifications.mails.wording import localized_money
from payments.models import Payment, Refund
from payments.signals import money_astray, refund_needs_attention


class MoneyAstray(StaffMail):
    """Money came that was not asked for, and waits to be sent back."""

    kind = "staff_money_astray"
    required = True
    signal, sender = money_astray, Payment

    class Context(TypedDict):
        payment_id: int
        amount: str
        asked: str
        customer: str
        admin_url: str

    def __init__(self, *, payment: Payment, **_: Any) -> None:
        super().__init__(payment, event=f"astray:{payment.pk}")
        self.payment = payment

    def context(self) -> Context:
        stray, asked = self.payment, self.payment.came_for or self.payment
        return {
            "payment_id": stray.pk,
            "amount": localized_money(stray.amount, stray.currency),
            "asked": localized_money(asked.amount, asked.currency),
            "customer": stray.user.email,
            "admin_url": self.admin_url,
        }

    @classmethod
    def example(cls) -> Context:
        return {
            "payment_id": 9,
            "amount": usd("599.98"),
            "asked": usd("599.99"),
            "customer": "ada@example.com",
            "admin_url": admin_page("payments_payment", 9),
        }


class RefundNeedsAttention(RefundFailed):
    """A refund waits at the gateway for something that only a person can do there."""

    kind = "staff_refund_attention"
    signal, sender = refund_needs_attention, Refund

    def __init__(self, *, refund: Refund, **_: Any) -> None:
        super().__init__(refund=refund)
        self.event = f"refund-attention:{refund.pk}"

    @classmethod
    def example(cls) -> RefundFailed.Context:
        error = "Paystack could not give the money back by itself, and waits for the customer's bank account."
        return {**super().example(), "error": error}
