"""What the addresses that money passes by share."""

from typing import Any

from rest_framework.request import Request

from core.api.fields import CARD_NUMBER_SENT
from core.api.views import ApiView
from core.card_numbers import json_without_card_numbers
from core.errors import InvalidInput, NotFound
from payments.models import Payment


class PaymentNotFound(NotFound):
    """There is no such payment of this user."""

    message = "Payment not found"


def own_payment(user: Any, intent_id: str) -> Payment:
    """The user's payment with this intent. Raises PaymentNotFound."""
    payment = Payment.objects.visible_to(user).filter(intent_id=intent_id).first()
    if payment is None:
        raise PaymentNotFound
    return payment


class PaymentView(ApiView):
    """A body in which a card number stands, under whatever key, is refused before anything is kept of it."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        try:
            clean = json_without_card_numbers(request.data)
        except RecursionError as error:
            raise InvalidInput("The body is nested too deeply.") from error
        if clean != request.data:
            raise InvalidInput(CARD_NUMBER_SENT)
