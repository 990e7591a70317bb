"""What each kind of event means, in Stripe's words (https://docs.stripe.com/api/events/types)."""

from collections.abc import Callable
from typing import Any, TypeVar

from core.errors import DomainError
from payments import services
from payments.disputes import records as disputes
from payments.gateways.stripe.books import dispute_from, refund_from
from payments.gateways.stripe.client import intent_from
from payments.models import Payment, WebhookEvent
from payments.refunds import records as refund_records

Record = TypeVar("Record")

# Acts on the event's object. False when it is not about anything of ours.
Handler = Callable[[WebhookEvent, dict[str, Any]], bool]


class Unreadable(DomainError):
    """The event is signed, and what it tells of cannot be read."""

    code = "unreadable_event"
    message = "The event's object cannot be read."


def reading(read: Callable[[dict[str, Any]], Record], data: dict[str, Any]) -> Record:
    """What `read` makes of the event's object. Raises Unreadable."""
    try:
        return read(data)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, OSError) as error:
        raise Unreadable(f"{Unreadable.message} {type(error).__name__}: {error}") from error


def ignore(event: WebhookEvent, data: dict[str, Any]) -> bool:
    """A kind that means nothing here; it is kept all the same."""
    return False


def update_payment(event: WebhookEvent, data: dict[str, Any]) -> bool:
    """Write how the intent stands on our payment.

    An end is taken from the event. What may have changed since the event was made, as events come in any order, is
    asked of the gateway.
    """
    intent = reading(intent_from, data)
    if not isinstance(intent.id, str):
        raise Unreadable
    payment = Payment.objects.known_as(gateway=event.gateway, intent_id=intent.id)
    if payment is None:
        return False
    services.check_amount(payment, intent)
    if intent.status in services.ENDS:
        services.apply_intent(payment_id=payment.pk, intent=intent)
    else:
        services.ask_gateway(payment=payment)
    return True


def update_refund(event: WebhookEvent, data: dict[str, Any]) -> bool:
    """Write what became of a refund, also of one that was made at the gateway and not here."""
    return refund_records.learn(gateway=event.gateway, record=reading(refund_from, data)) is not None


def update_dispute(event: WebhookEvent, data: dict[str, Any]) -> bool:
    """Write what the event says of a dispute; an earlier stage that is told late changes nothing."""
    return disputes.learn(gateway=event.gateway, record=reading(dispute_from, data)) is not None


HANDLERS: dict[str, Handler] = {
    "payment_intent.succeeded": update_payment,
    "payment_intent.payment_failed": update_payment,
    "payment_intent.processing": update_payment,
    "payment_intent.requires_action": update_payment,
    "payment_intent.canceled": update_payment,
    "refund.created": update_refund,
    "refund.updated": update_refund,
    "refund.failed": update_refund,
    "charge.refund.updated": update_refund,
    "charge.dispute.created": update_dispute,
    "charge.dispute.updated": update_dispute,
    "charge.dispute.closed": update_dispute,
    "charge.dispute.funds_withdrawn": update_dispute,
    "charge.dispute.funds_reinstated": update_dispute,
}
