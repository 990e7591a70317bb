"""What the refund pages of the things that are sold share: what they say when the money is on its way, or is not."""

from collections.abc import Sequence
from decimal import Decimal

from core.admin.badges import amount_with_currency
from core.errors import DomainError
from payments.models import Refund
from payments.models.payment import MANUAL


class RefundRefused(DomainError):
    """The gateway would not give the money back."""

    code = "refund_refused"


def refuse_failed(made: Sequence[Refund]) -> None:
    """Raise RefundRefused with what the gateway said when it refused one of them."""
    if failed := [one for one in made if one.status == Refund.Status.FAILED]:
        raise RefundRefused(f"The gateway refused: {failed[0].failure_message} Go back and open the form anew.")


def said_of(record: object, made: Sequence[Refund]) -> str:
    """How much of what was paid for `record` goes back, and how; the refunds have one currency."""
    amount = amount_with_currency(sum((one.amount for one in made), Decimal(0)), made[0].payment.currency)
    if any(one.payment.gateway == MANUAL for one in made):
        return f"{amount} of {record} are refunded: it was paid by hand, so hand the money back."
    waits = any(one.status == Refund.Status.PENDING for one in made)
    return f"{amount} of {record} {'go back as soon as the gateway answers' if waits else 'went back'}."


def said_twice(record: object) -> str:
    """That nothing was done, because it was done before."""
    return f"This form was sent twice: its refund of {record} was made the first time, and nothing more."
