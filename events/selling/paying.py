"""What became of an order's money, as its buyer asks."""

from dataclasses import dataclass

from django.db import models

from events.models import TicketOrder
from payments import services as payments
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.models import Payment

Status = TicketOrder.Status


class Outcome(models.TextChoices):
    """Whether an order is paid."""

    SUCCESS = "success", "Paid"
    FAILED = "failed", "Not paid"
    PENDING = "pending", "Not known yet"


@dataclass(frozen=True)
class Verdict:
    """Whether it is paid, and why, for people."""

    status: Outcome
    message: str


PAID = Verdict(Outcome.SUCCESS, "Payment confirmed. Your tickets are ready.")
RETURNED = Verdict(Outcome.FAILED, "Your payment came too late for these tickets and goes back to you.")
REFUNDED = Verdict(Outcome.FAILED, "The order was paid, and all of the money went back.")
WRONG_AMOUNT = Verdict(Outcome.FAILED, "The amount that was paid is not the order's. Our staff will send it back.")
DECLINED = Verdict(Outcome.FAILED, "The payment failed.")
OVER = Verdict(Outcome.FAILED, "The order was not paid in time.")
WAITING = Verdict(Outcome.PENDING, "The payment has not been confirmed yet.")


def verify(*, order: TicketOrder) -> Verdict:
    """Ask the gateway about an order that is not completed, and settle what it says; `order` is as it stands then.

    Outside of transactions. A gateway that does not answer is no error: it is `pending`. What was settled is not
    asked for again.
    """
    payment = order.payments().first() if order.status != Status.COMPLETED else None
    if payment is None:
        return PAID
    if payment.is_settled:
        return verdict_on(order, payment)
    try:
        payment = payments.ask_gateway(payment=payment)
    except payments.AmountMismatch:
        return WRONG_AMOUNT
    except (GatewayUnavailable, GatewayRefused, payments.StaleGatewayAnswer):
        return WAITING
    order.refresh_from_db()
    return verdict_on(order, payment)


def verdict_on(order: TicketOrder, payment: Payment) -> Verdict:
    """What the rows say of an order and its payment."""
    if order.status == Status.COMPLETED:
        return PAID
    if payment.is_settled:
        return REFUNDED if order.tickets.exists() else RETURNED
    if payment.status == Payment.Status.FAILED:
        return DECLINED
    return WAITING if order.is_held else OVER
